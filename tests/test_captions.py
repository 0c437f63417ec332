"""Subtitle files of the narration."""

from __future__ import annotations

import srt

from bp_studio.captions import to_srt, to_vtt
from scenes.kit.film.record import Caption

CAPTIONS = (
    Caption(0.0, 2.5, "A weight,\nand a bias."),
    Caption(59.9996, 61.25, "C is 0.19 & falls."),
    Caption(3725.5, 3726.0, "The end."),
)


def test_srt() -> None:
    assert to_srt(CAPTIONS) == (
        "1\n00:00:00,000 --> 00:00:02,500\nA weight,\nand a bias.\n"
        "\n2\n00:01:00,000 --> 00:01:01,250\nC is 0.19 & falls.\n"
        "\n3\n01:02:05,500 --> 01:02:06,000\nThe end.\n"
    )


def test_srt_reads_back() -> None:
    found = list(srt.parse(to_srt(CAPTIONS)))
    assert [subtitle.content for subtitle in found] == [caption.text for caption in CAPTIONS]
    assert [subtitle.start.total_seconds() for subtitle in found] == [0.0, 60.0, 3725.5]


def test_vtt() -> None:
    assert to_vtt(CAPTIONS) == (
        "WEBVTT\n"
        "\n00:00:00.000 --> 00:00:02.500\nA weight,\nand a bias.\n"
        "\n00:01:00.000 --> 00:01:01.250\nC is 0.19 &amp; falls.\n"
        "\n01:02:05.500 --> 01:02:06.000\nThe end.\n"
    )


def test_markup_in_the_narration_stays_text() -> None:
    caption = (Caption(0, 1, "a <b>bold</b> claim, {\\an8} 2 < 3 --> fine"),)
    assert "a &lt;b&gt;bold&lt;/b&gt; claim, {\\an8} 2 &lt; 3 --&gt; fine" in to_vtt(caption)
    text = to_srt(caption)
    assert "<b" not in text
    assert "</b" not in text
    assert "{\\" not in text
    assert "2 < 3" in text
    assert text.replace("\u2060", "").splitlines()[2] == caption[0].text


def test_an_empty_line_does_not_end_a_caption() -> None:
    caption = (Caption(0, 1, "one\n\n  two\n"),)
    assert to_srt(caption).endswith("\none\ntwo\n")
    assert to_vtt(caption).endswith("\none\ntwo\n")


def test_no_captions() -> None:
    assert to_srt(()) == ""
    assert to_vtt(()) == "WEBVTT\n"
