"""Web pages for people. Vietnamese is the language of the templates; English stands in `translations/`."""
