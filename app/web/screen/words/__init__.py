"""The words of the screen: every state and code in Turkish and English, and the catalogue of the pages' texts."""
