"""The two faces of an e-mail, and its front matter."""

from __future__ import annotations

from pathlib import Path

import pytest

from outreach.ports import Rendered
from tests.rendering.conftest import LETTER, Mail


def test_a_letter_in_text_has_a_twin_in_html(mail: Mail):
    text = 'Dear {{ customer.first_name }},\nsee https://shop.example/a?b=1&c=2.\n\n5 < 6 & "so on"\n'
    rendered = mail(LETTER + text)

    assert rendered.problem == ""
    assert (rendered.subject, rendered.preview) == ("Hello Maria", "See you on Friday 13 November")
    assert rendered.body == 'Dear Maria,\nsee https://shop.example/a?b=1&c=2.\n\n5 < 6 & "so on"'
    link = "https://shop.example/a?b=1&amp;c=2"
    assert (
        f'<p>Dear Maria,<br>\nsee <a href="{link}">{link}</a>.</p>\n<p>5 &lt; 6 &amp; &#34;so on&#34;</p>'
        in rendered.html
    )
    assert '<div style="display:none;max-height:0;overflow:hidden">See you on Friday 13 November</div>' in rendered.html


def test_a_letter_in_html_has_a_twin_in_text(mail: Mail):
    page = (
        "<html><head><title>no</title><style>p { color: red } @media print { p { color: black } }</style></head>"
        "<body class='a'><p>Dear {{ customer.first_name }},</p><ul><li>{{ event.items|join('</li><li>') }}</li></ul>"
        "<a href='https://shop.example'>the shop</a></body></html>"
    )
    rendered = mail(LETTER + page, "html")

    assert rendered.problem == ""
    assert 'style="color: red' in rendered.html
    assert "@media print" in rendered.html
    assert '<body class="a"><div style="display:none' in rendered.html
    assert rendered.body.startswith("Dear Maria,\n\n")
    assert "[the shop](https://shop.example)" in rendered.body
    assert "color" not in rendered.body
    assert "See you" not in rendered.body


def test_a_customers_name_stays_a_name(mail: Mail):
    customer = {"first_name": "<script>alert('x')</script>"}
    for extension, body in (
        ("html", "<p>Dear {{ customer.first_name|title }}</p>"),
        ("md", "Dear {{ customer.first_name }}"),
    ):
        rendered = mail(LETTER + body, extension, customer=customer)
        assert rendered.problem == ""
        assert "<script" not in rendered.html.lower()
        assert "&lt;script&gt;" in rendered.html.lower()
        assert rendered.subject == "Hello <script>alert('x')</script>"


def test_what_is_joined_and_replaced_in_html_is_escaped(mail: Mail):
    body = "<p>{{ event.items|join('<br>') }} {{ customer.first_name|replace('M', '<b>') }} {{ rule.name + '<' }}</p>"
    rendered = mail(LETTER + body, "html", event={"at": "2026-11-13", "items": ["<i>", "x"]})

    assert "&lt;i&gt;" in rendered.html
    assert "&lt;b&gt;aria" in rendered.html
    assert "<i>" not in rendered.html
    assert "<b>" not in rendered.html


def test_a_page_fetches_nothing_and_opens_nothing(mail: Mail, tmp_path: Path):
    (tmp_path / "style.css").write_text("p { color: blue }")
    for address in (f"file://{tmp_path}/style.css", f"{tmp_path}/style.css", "http://192.0.2.1/style.css"):
        page = f"<html><head><link rel='stylesheet' href='{address}'></head><body><p>Hello</p></body></html>"
        rendered = mail(LETTER + page, "html")
        assert rendered.problem == ""
        assert "blue" not in rendered.html


@pytest.mark.parametrize("name", ["Maria\r\nBcc: everyone@example.com", "Maria\nX", "Maria\u2028X", "Maria\u0085X\nY"])
def test_a_line_break_in_the_subject_stops_the_mail(name: str, mail: Mail):
    rendered = mail(LETTER + "Hello", customer={"first_name": name})

    assert rendered == Rendered(problem="templates/x.email.txt:2: the subject has a line break in it")


FRONT = {
    "Hello": "1: an e-mail begins with its front matter",
    "---\npreview: a\n---\nHello": "1: an e-mail begins with its front matter",
    "---\nsubjct: a\n---\nHello": "2: front matter has no `subjct` (did you mean `subject`?)",
    "---\nsubject: a\nsubject: b\n---\nHello": "3: front matter: found duplicate key",
    "---\nsubject: {{ customer.first_name }}, hello\n---\nHello": "2: front matter: ",
    "---\nsubject: Dear {{ customer.first_name }}: hello\n---\nHello": "2: front matter: mapping values are",
    "---\nsubject: {a: b}\n---\nHello": "2: `subject` is not a text",
    "---\nsubject: 7\n---\nHello": "2: `subject` is not a text",
    "---\nsubject: *a\n---\nHello": "front matter: ",
    "---\n- a\n---\nHello": "2: front matter is `subject",
    "---\nsubject: a\x07b\n---\nHello": "1: front matter: ",
    "---\nsubject: ''\n---\nHello": "2: the subject is empty",
    "---\n\n# why\nsubject: '{{ customer.first_nam }}'\n---\nHello": "4: `first_nam` is undefined (did",
    "---\nsubject: '{{ customer.'\n---\nHello": "2: ",
    "---\nsubject: hello\n---\n\nHello {{ customer.first_nam }}": "5: `first_nam` is undefined",
    "---\nsubject: hello\n---\n{{ customer. }}": "4: ",
    "---\nsubject: hello\n---\n": "the message is empty",
    "---\nsubject: " + "a" * 300 + "\n---\nHello": "2: the subject is longer than 250 characters",
}


@pytest.mark.parametrize(("text", "problem"), FRONT.items(), ids=lambda text: text[:45].replace("\n", " "))
def test_front_matter_has_rules(text: str, problem: str, mail: Mail):
    rendered = mail(text)

    assert rendered.problem.startswith("templates/x.email.txt:")
    assert problem in rendered.problem


def test_a_plain_subject_needs_no_quotes_and_windows_line_ends_will_do(mail: Mail):
    assert (
        mail("\ufeff---\r\nsubject: Your stay, {{ customer.first_name }}\r\n---\r\nHello\r\n").subject
        == "Your stay, Maria"
    )


def test_a_letter_may_draw_a_line(mail: Mail):
    assert mail("---\nsubject: hello\n---\nabove\n---\nbelow").body == "above\n---\nbelow"


def test_a_letter_has_a_largest_size(mail: Mail):
    page = "<p>{% for i in range(1900) %}" + "é" * 100 + "{% endfor %}</p>"
    assert mail(LETTER + page, "html").problem == "templates/x.email.html: makes more than 200000 bytes"
    assert "makes more than 200000 characters" in mail(LETTER + page.replace("100", "") + page * 9, "html").problem


def test_a_page_that_the_css_maker_cannot_take_is_a_problem(mail: Mail, monkeypatch: pytest.MonkeyPatch):
    def broken(html: str) -> str:
        raise RuntimeError("no")

    monkeypatch.setattr("outreach.rendering.mail.styled", broken)
    assert mail(LETTER + "<p>x</p>", "html").problem == "templates/x.email.html: RuntimeError: no"
