"""The screen: pages for the people of a merchant, served beside the HTTP API. See docs/screen.md."""
