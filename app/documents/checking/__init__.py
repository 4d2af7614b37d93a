"""Checks any UBL-TR invoice, from whichever program: safe parsing, our own rules, GİB's schema and schematron."""

from app.documents.checking.checker import check
from app.documents.checking.findings import Finding, Layer, Mode, Severity

__all__ = ["Finding", "Layer", "Mode", "Severity", "check"]
