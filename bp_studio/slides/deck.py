"""The PowerPoint file: a slide a step, its clip filling it, its words as the speaker's notes."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_OID, uuid5
from xml.sax.saxutils import quoteattr

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.oxml import parse_xml
from pptx.util import Emu

from scenes.kit.theme import theme_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bp_script.lesson import Lesson
    from bp_studio.film_record import Step
    from bp_studio.slides.cutting import StepClip

#: A slide's shorter side, 7.5 inches as PowerPoint's own, in its unit.
_SHORT_SIDE = 6858000
_MAIN = "http://schemas.openxmlformats.org/presentationml/2006/main"
#: A slide with a title and nothing else, in python-pptx's own template; and how far above the slide it stands, where an
#: outline and a screen reader find it and nobody sees it.
_TITLED, _ABOVE = 5, 600000
_SECTIONS = "http://schemas.microsoft.com/office/powerpoint/2010/main"


def write_deck(lesson: Lesson, steps: Sequence[Step], clips: Sequence[StepClip], target: Path) -> None:
    """Write the slides. Each clip plays when its slide comes, and rests on its last frame, which the next begins with.

    Args:
        lesson: whose film it is; its ground is seen around the clips while a player loads them.
        steps: of the film.
        clips: one for each of them.
        target: the file.
    """
    deck = Presentation()
    deck.core_properties.title, deck.core_properties.language = lesson.title, lesson.look.language
    deck.core_properties.comments = ""
    ground = RGBColor.from_string(theme_of(lesson.look).ground.removeprefix("#"))
    width, height = _slide_size(steps[0].clip.width, steps[0].clip.height)
    deck.slide_width, deck.slide_height = Emu(width), Emu(height)
    for title, step, parts in zip(titles(lesson, steps), steps, clips, strict=True):
        slide = deck.slides.add_slide(deck.slide_layouts[_TITLED])
        heading = slide.shapes.title
        heading.left, heading.top, heading.width, heading.height = Emu(0), Emu(-_ABOVE), Emu(width), Emu(_ABOVE)
        heading.text_frame.text = title
        slide.background.fill.solid()
        slide.background.fill.fore_color.rgb = ground
        movie = slide.shapes.add_movie(
            str(parts.clip), 0, 0, Emu(width), Emu(height), poster_frame_image=str(parts.poster), mime_type="video/mp4"
        )
        movie.name = title
        _describe(movie, step.words)
        _play_at_once(slide, movie.shape_id)
        slide.notes_slide.notes_text_frame.text = step.words
    _divide(deck, lesson, steps)
    deck.save(str(target))


def titles(lesson: Lesson, steps: Sequence[Step]) -> list[str]:
    """What the slides are called: as their chapters, and the steps of one after the first by their number, too."""
    found = []
    for clip, own in groupby(steps, key=lambda step: step.clip):
        for number, _ in enumerate(own, start=1):
            title = clip.title or lesson.title
            found.append(title if number == 1 else f"{title} ({number})")
    return found


def _divide(deck: Any, lesson: Lesson, steps: Sequence[Step]) -> None:
    """Make each chapter a section of the presentation, as PowerPoint 2010 and later have them ([MS-PPTX] 2.2.2.4)."""
    numbers = iter(deck.slides)
    sections = []
    for n, (clip, own) in enumerate(groupby(steps, key=lambda step: step.clip)):
        title = clip.title or lesson.title
        slides = "".join(f'<p14:sldId id="{next(numbers).slide_id}"/>' for _ in own)
        code = str(uuid5(NAMESPACE_OID, f"{lesson.name} {n}")).upper()
        named = f'<p14:section name={quoteattr(title)} id="{{{code}}}">'
        sections.append(f"{named}<p14:sldIdLst>{slides}</p14:sldIdLst></p14:section>")
    deck.part._element.append(parse_xml(_SECTION_LIST.format(main=_MAIN, p14=_SECTIONS, sections="".join(sections))))  # noqa: SLF001


_SECTION_LIST = """<p:extLst xmlns:p="{main}"><p:ext uri="{{521415D9-36F7-43E2-AB2F-B90AF26B5E84}}">
<p14:sectionLst xmlns:p14="{p14}">{sections}</p14:sectionLst></p:ext></p:extLst>"""


def _slide_size(width: int, height: int) -> tuple[int, int]:
    scale = _SHORT_SIDE / min(width, height)
    return round(width * scale), round(height * scale)


def _describe(movie: Any, words: str) -> None:
    """What a screen reader says of the clip."""
    movie._element.nvPicPr.cNvPr.set("descr", words)  # noqa: SLF001 -- python-pptx has no public name for it


def _play_at_once(slide: Any, shape: int) -> None:
    """Put an effect into the slide's main sequence that plays the clip after the slide has come.

    Without it a click plays the clip, on the picture and nowhere else. The elements are those of ECMA-376, 19.5.
    """
    old = slide._element.find(f"{{{_MAIN}}}timing")  # noqa: SLF001
    old.getparent().replace(old, parse_xml(_TIMING.format(main=_MAIN, shape=shape)))


_TIMING = """<p:timing xmlns:p="{main}"><p:tnLst><p:par>
<p:cTn id="1" dur="indefinite" restart="never" nodeType="tmRoot"><p:childTnLst>
 <p:seq concurrent="1" nextAc="seek">
  <p:cTn id="2" dur="indefinite" nodeType="mainSeq"><p:childTnLst><p:par>
   <p:cTn id="3" fill="hold">
    <p:stCondLst><p:cond delay="indefinite"/><p:cond evt="onBegin" delay="0"><p:tn val="2"/></p:cond></p:stCondLst>
    <p:childTnLst><p:par><p:cTn id="4" fill="hold"><p:stCondLst><p:cond delay="0"/></p:stCondLst><p:childTnLst><p:par>
     <p:cTn id="5" presetID="1" presetClass="mediacall" presetSubtype="0" fill="hold" nodeType="afterEffect">
      <p:stCondLst><p:cond delay="0"/></p:stCondLst>
      <p:childTnLst><p:cmd type="call" cmd="playFrom(0.0)"><p:cBhvr>
       <p:cTn id="6" dur="1" fill="hold"/><p:tgtEl><p:spTgt spid="{shape}"/></p:tgtEl>
      </p:cBhvr></p:cmd></p:childTnLst>
     </p:cTn></p:par></p:childTnLst></p:cTn></p:par></p:childTnLst>
   </p:cTn></p:par></p:childTnLst>
  </p:cTn>
  <p:prevCondLst><p:cond evt="onPrev" delay="0"><p:tgtEl><p:sldTgt/></p:tgtEl></p:cond></p:prevCondLst>
  <p:nextCondLst><p:cond evt="onNext" delay="0"><p:tgtEl><p:sldTgt/></p:tgtEl></p:cond></p:nextCondLst>
 </p:seq>
 <p:video><p:cMediaNode>
  <p:cTn id="7" fill="hold" display="0"><p:stCondLst><p:cond delay="indefinite"/></p:stCondLst></p:cTn>
  <p:tgtEl><p:spTgt spid="{shape}"/></p:tgtEl>
 </p:cMediaNode></p:video>
</p:childTnLst></p:cTn></p:par></p:tnLst></p:timing>"""
