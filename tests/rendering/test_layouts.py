"""The page around a letter: written once, so that a letter is what it says."""

from __future__ import annotations

from pathlib import Path

from outreach.rendering import Renderer
from tests.rendering.conftest import CONTEXT, Mail, Write

PAGE = (
    "<html lang='{{ language }}'><head><title>{{ subject }}</title><style>p { color: red }</style></head><body>"
    "{{ content }}<p>{{ business.name }}</p></body></html>"
)
LETTER = "---\nsubject: Hello & {{ customer.first_name }}\npreview: soon\nlayout: _page\n---\n"


def test_a_layout_stands_around_the_letter(mail: Mail, write: Write):
    write("_page.email.html", PAGE)
    letter = mail(LETTER + "<p>Dear {{ customer.first_name }}</p>", "html", customer={"first_name": "<Ann>"})

    assert letter.problem == ""
    assert (letter.subject, letter.preview) == ("Hello & <Ann>", "soon")
    assert '<html lang="en">' in letter.html
    assert "<title>Hello &amp; &lt;Ann&gt;</title>" in letter.html
    assert '<p style="color: red;">Dear &lt;Ann&gt;</p><p style="color: red;">The Shop</p>' in letter.html
    assert letter.body == "Dear <Ann>\n\nThe Shop"


def test_a_layout_may_have_languages_of_its_own(folder: Path, write: Write):
    write("_page.email.html", PAGE)
    write("_page.email.fr.html", "<p>Bonjour</p>{{ content }}")
    for language in ("", "fr", "de"):
        write(f"x.email{'.' if language else ''}{language}.html", LETTER + "<p>x</p>")
    renderer = Renderer(folder)
    assert renderer.render("email", "x", CONTEXT, "fr-CA").body == "Bonjour\n\nx"
    assert '<html lang="de">' in renderer.render("email", "x", CONTEXT, "de").html
    assert '<html lang="en">' in renderer.render("email", "x", CONTEXT, "it").html


def test_a_changed_layout_is_read_again(folder: Path, write: Write):
    write("x.email.html", LETTER + "<p>x</p>")
    renderer = Renderer(folder)
    for page in ("<p>one</p>{{ content }}", "<p>and the other</p>{{ content }}"):
        write("_page.email.html", page)
        assert renderer.render("email", "x", CONTEXT).body == page[3:-17] + "\n\nx"


def test_a_layout_is_no_template(folder: Path, write: Write):
    write("_page.email.html", PAGE)
    assert Renderer(folder).render("email", "_page", CONTEXT).problem.endswith("_page.email.html: no such template")


def test_what_is_wrong_with_a_layout_is_told_of_the_layout(mail: Mail, write: Write):
    for page, problem in (
        ("\n{{ content }}{{ businss.name }}", "_page.email.html:2: `businss` is undefined (did you mean `business`?)"),
        ("{{ content }}\n{{ ", "_page.email.html:2: something is missing here"),
        ("{% include 'x' %}", "_page.email.html:1: templates stand alone: no include"),
    ):
        write("_page.email.html", page)
        assert mail(LETTER + "<p>hello</p>", "html").problem.startswith(f"templates/{problem}")


def test_a_layout_that_is_not_there(folder: Path, mail: Mail, write: Write):
    write("_page.email.html", PAGE)
    front = LETTER.replace("_page", "_pgae")
    assert mail(front + "<p>x</p>", "html").problem == (
        "templates/x.email.html:4: there is no layout `_pgae` (did you mean `_page`?)"
    )
    (folder / "x.email.html").unlink()
    assert "a layout is a page in HTML" in mail(front + "x", "md").problem


def test_an_empty_letter_in_a_layout_is_empty(mail: Mail, write: Write):
    write("_page.email.html", PAGE)
    assert mail(LETTER + " {# nothing #}\n", "html").problem == "templates/x.email.html: the message is empty"


def test_a_layouts_loops_end_too(mail: Mail, write: Write):
    write("_page.email.html", "{{ content }}" + "{% for a in range(2000) %}" * 2 + "{% endfor %}" * 2)
    assert "its loops go round more than 2000 times" in mail(LETTER + "<p>x</p>", "html").problem
