"""All that peerqa says to people, in English and French; only interfaces import this.

catalogue.py      the language in use, and gettext in it
messages.py       what the page says, by name
answers.py        the line of each code that an answer holds
discrepancies.py  the line of each discrepancy of a citation or an entry
problems.py       the line of each error and warning
notices.py        a notice or an error -> its line in the language in use
strings.py        what the page says, in the language in use: strings.ASK, strings.place(...)
locales/          the translations: one .po a language, and the .mo that is compiled from it
"""
