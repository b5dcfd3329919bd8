"""All that peerqa says to people, in English and French; only interfaces import this.

catalogue.py   the language in use, and gettext in it
messages.py    what the page says, by name
strings.py     the same in the language in use: strings.ASK, strings.place(...)
locales/       the translations: one .po a language, and the .mo that is compiled from it
"""
