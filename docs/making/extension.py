"""What the site's pages can say beyond Markdown: clips, formulas, and blocks with a file's name or an output."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from markupsafe import Markup
from sphinx.util.docutils import SphinxDirective

from docs.making.blocks import Block, rewritten
from docs.making.formulas import equation_svg, lesson_of, typst_svg

if TYPE_CHECKING:
    from sphinx.application import Sphinx

#: Where the clips and their stills are, below the pages.
CLIPS = "_static/clips"
#: What is coloured as something else.
_LEXERS = {"csv": "text"}
#: What tables in an output have; their lines are not broken.
_RULE = "─"
#: The lesson that equations on the pages are read for.
LESSON = "mine.yaml"


class Clip(SphinxDirective):
    """Some seconds of a chapter, that move unless the reader would rather they did not.

    Without scripts it is a film with its controls. Below it stands its title, or without one what is said over it;
    ``link`` makes it a card that leads to a page, ``lang`` is the language of its title.
    """

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = dict.fromkeys(("link", "title", "lang"), directives.unchanged)

    def run(self) -> list[nodes.Node]:
        """The figure."""
        place = self.arguments[0]
        folder = Path(self.env.srcdir) / CLIPS
        for ending in (".mp4", ".webp", ".txt"):
            if not (folder / f"{place}{ending}").is_file():
                raise self.error(f"there is no clip {place}{ending}")
        up = "../" * self.env.docname.count("/")
        title = self.options.get("title") or place.rpartition("/")[2].replace("_", " ")
        film = Markup(
            '<div class="clip"><video src="{0}.mp4" poster="{0}.webp" width="1280" height="720" preload="none" '
            'loop muted playsinline controls aria-label="{1}"></video></div>'
        ).format(f"{up}{CLIPS}/{place}", f"Clip without sound: {title}")
        link = self.options.get("link")
        if link is None:
            said = (folder / f"{place}.txt").read_text("utf-8")
            below = self.options.get("title") or (f"“{said}”" if said else "")
            caption = Markup("<figcaption>{0}</figcaption>").format(below) if below else Markup()
            return [nodes.raw("", f'<figure class="shot">{film}{caption}</figure>', format="html")]
        target = f"{up}{link}.html"
        caption = Markup('<figcaption><a href="{0}" lang="{1}">{2}</a> <code>{3}</code></figcaption>').format(
            target, self.options.get("lang", "en"), title, place.rpartition("/")[2]
        )
        return [nodes.raw("", f'<figure class="shot card">{film}{caption}</figure>', format="html")]


class Formula(SphinxDirective):
    """An equation of the lesson language, or Typst's mathematics, typeset."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """The drawing, and for an equation what is typed for it."""
        number = self.env.new_serialno("formula")
        text = "\n".join(self.content)
        name = f"f{number}"
        if self.name == "typst":
            return [nodes.raw("", f'<div class="display">{typst_svg(text, name)}</div>', format="html")]
        lesson = lesson_of(Path(self.env.srcdir) / LESSON)
        svg = equation_svg(text, lesson, name)
        typed = nodes.literal_block(text, text, language="text", classes=["typed"])
        return [nodes.raw("", f'<div class="display">{svg}</div>', format="html"), typed]


def _directive(block: Block) -> str:
    """A block as a directive of Sphinx, where there is more to it than its language."""
    if block.language in {"equation", "typst"}:
        return f"```{{{block.language}}}\n{block.body}```"
    options = [f":caption: {block.name}"] if block.name else []
    if "output" in block.flags:
        options.append(":class: output" if _RULE in block.body else ":class: output words")
    language = _LEXERS.get(block.language, block.language)
    if not options:
        return f"```{language}\n{block.body}```"
    lines = "\n".join([f"```{{code-block}} {language}", *options, "", block.body])
    return f"{lines}```"


def _read(app: Sphinx, page: str, source: list[str]) -> None:  # noqa: ARG001 -- Sphinx's hook
    source[0] = rewritten(source[0], lambda block: None if block.language.startswith("{") else _directive(block))


def setup(app: Sphinx) -> dict[str, Any]:
    """Tell Sphinx."""
    app.connect("source-read", _read)
    app.add_directive("clip", Clip)
    app.add_directive("equation", Formula)
    app.add_directive("typst", Formula)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
