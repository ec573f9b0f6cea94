"""The page of a report as one HTML file."""

import base64
import re

from instrument_net.evaluation.html_page import html_page

PNG = b"\x89PNG not really"


def page(tmp_path, markdown, **sounds):
    (tmp_path / "plot.png").write_bytes(PNG)
    return html_page(markdown, tmp_path, sounds)


def test_pictures_and_sounds_are_inside_and_nothing_comes_from_elsewhere(tmp_path):
    html = page(
        tmp_path,
        "# Test\n\n![A plot](plot.png)\n\n| clip | sound |\n|---|---|\n"
        "| a.wav | [listen](report.html#mistake-1) |\n",
        **{"mistake-1": b"fLaC"},
    )
    picture, sound = (base64.b64encode(content).decode() for content in (PNG, b"fLaC"))
    assert f'<img src="data:image/png;base64,{picture}" alt="A plot">' in html
    assert re.search(
        rf'<td><audio controls [^>]*aria-label="listen" [^>]*{sound}"></audio></td>', html
    )
    assert "plot.png" not in html
    assert not re.search(r"""(src|href)=["'](?!data:)|url\(|@import|<script""", html)


def test_it_is_readable_on_light_and_dark_screens_of_any_width(tmp_path):
    html = page(tmp_path, "# Test\n\n| a |\n|---|\n| b |\n")
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "prefers-color-scheme: dark" in html
    assert 'content="width=device-width' in html
    assert '<div class="table"><table>' in html  # wide tables scroll, the page does not
    assert html.count("<div") == html.count("</div>") == 1


def test_a_link_to_a_picture_becomes_what_opens_it_and_other_links_stay(tmp_path):
    html = page(tmp_path, "- [Counts](plot.png)\n- [as a table](counts.csv)\n")
    assert re.search(
        r'<details><summary>Counts</summary><img src="data:[^"]*" alt="Counts"></details>', html
    )
    assert '<a href="counts.csv">as a table</a>' in html


def test_a_sound_or_picture_that_is_not_there_stays_a_link(tmp_path):
    html = page(tmp_path, "[listen](report.html#mistake-2)\n\n![gone](gone.png)\n")
    assert '<a href="report.html#mistake-2">listen</a>' in html
    assert '<img src="gone.png" alt="gone">' in html


def test_names_that_look_like_html_are_shown_as_they_are(tmp_path):
    html = page(tmp_path, "# Test of <b>\n\n<script>alert(1)</script>\n\n![<i>](plot.png)\n")
    assert "<title>Test of &lt;b&gt;</title>" in html
    assert "<script>" not in html
    assert 'alt="&lt;i&gt;"' in html
