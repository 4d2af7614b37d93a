"""Orders of the public "Online Retail" data set (D. Chen, UCI Machine Learning Repository, 2015) as order events."""

from app.sources.online_retail.importing import ImportTerms, Invoicing, RetailImport, import_orders
from app.sources.online_retail.summary import ImportSummary, RefusalReason, RefusedLine

__all__ = ["ImportSummary", "ImportTerms", "Invoicing", "RefusalReason", "RefusedLine", "RetailImport", "import_orders"]
