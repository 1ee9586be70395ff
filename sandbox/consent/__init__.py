"""The sign-in pages and token addresses of the two big mail providers, as Microsoft and Google have them."""

from sandbox.consent.routes import consent_routes

__all__ = ["consent_routes"]
