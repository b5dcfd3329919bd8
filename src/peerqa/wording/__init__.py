"""Every word that the interfaces say themselves; strings.py chooses the language, english.py and french.py hold them."""
