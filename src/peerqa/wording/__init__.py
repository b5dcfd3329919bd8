"""Every word that the interfaces say themselves: strings.py chooses the language; english.py, french.py hold them."""
