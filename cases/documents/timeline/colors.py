"""The colors of the timeline: the tokens of the site, since a picture cannot read its style sheet.

A test holds them equal to `static/css/tokens.css`.
"""

LIGHT = {
    "page": "#ffffff",
    "sunken": "#f4f6f8",
    "line": "#dde2e8",
    "line-strong": "#7b8796",
    "ink": "#16202c",
    "ink-soft": "#4d5a6a",
    "accent": "#155eb0",
    "danger": "#b3261e",
    "caution": "#855600",
    "ok": "#1b6b43",
}
DARK = {
    "page": "#11161d",
    "sunken": "#1a212a",
    "line": "#2e3742",
    "line-strong": "#77838f",
    "ink": "#e9edf2",
    "ink-soft": "#aab5c1",
    "accent": "#7fb4f4",
    "danger": "#ff968b",
    "caution": "#e9b84f",
    "ok": "#71ca99",
}

#: What a picture shows to a reader who prefers dark. Each color is said once as an attribute, so
#: whatever knows no style sheet, a typesetter too, shows the light picture.
DARK_STYLE = (
    "@media screen and (prefers-color-scheme:dark){"
    + "".join(
        f'[{what}="{LIGHT[name]}"]{{{what}:{DARK[name]}}}'
        for name in LIGHT
        for what in ("fill", "stroke")
    )
    + "}"
)
