"""Orders of the public "Online Retail" data set (D. Chen, UCI Machine Learning Repository, 2015) as order events."""

from app.sources.online_retail.importing import ImportTerms, Invoicing, RetailImport, import_orders
from app.sources.online_retail.report import ImportReport, Reason, Refusal

__all__ = ["ImportReport", "ImportTerms", "Invoicing", "Reason", "Refusal", "RetailImport", "import_orders"]
