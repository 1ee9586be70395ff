"""From a connector's page to rows that people see: stored, joined, judged, in one transaction."""

from inbox.services.ingest.page import Stored, store_page

__all__ = ["Stored", "store_page"]
