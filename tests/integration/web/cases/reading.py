"""Reading a page as its reader would."""

import html
import re

from django.http import HttpResponse
from django.test import Client


def text_of(response: HttpResponse) -> str:
    """The words of a page, without markup."""
    body = re.sub(r"(?s)<(script|svg|head)\b.*?</\1>", " ", response.content.decode())
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())


def error_at(response: HttpResponse, field: str) -> str:
    """The message next to a field; empty where there is none."""
    pattern = rf'(?s)id="id_{field}_error">.*?<div>(.*?)</div>'
    found = re.search(pattern, response.content.decode())
    if found is None:
        return ""
    words = html.unescape(re.sub(r"<[^>]*>", " ", found[1]))
    return " ".join(words.split()).removeprefix("Error: ")


def summary_of(response: HttpResponse) -> str:
    """The words of the summary of errors."""
    found = re.search(r'(?s)class="error-summary".*?</ul>', response.content.decode())
    return html.unescape(re.sub(r"<[^>]*>", " ", found[0])) if found else ""


def row_version_of(browser: Client, address: str) -> dict[str, str | None]:
    """What the page of a row that exists carries, to be posted with what is typed."""
    return {"row_version": value_of(browser.get(address), "row_version")}


def value_of(response: HttpResponse, name: str) -> str | None:
    """What stands in a text field."""
    for tag in re.findall(r"<input[^>]*>", response.content.decode()):
        if f'name="{name}"' in tag:
            found = re.search(r'value="([^"]*)"', tag)
            return html.unescape(found[1]) if found else ""
    return None


def checked_of(response: HttpResponse, name: str) -> list[str]:
    """The values that are ticked or chosen under a name."""
    body = response.content.decode()
    select = re.search(rf'(?s)<select name="{name}".*?</select>', body)
    values = re.findall(r'<option value="([^"]*)" selected', select[0]) if select else []
    for tag in re.findall(r"<input[^>]*>", body):
        if f'name="{name}"' in tag and re.search(r"\bchecked\b", tag):
            found = re.search(r'value="([^"]*)"', tag)
            values.append(found[1] if found else "on")
    return values
