"""The catalogue as an offline site: a page a scheme, an index and a comparison, in English and Chinese."""

from scslab.report.site.write import build_site, write_site

__all__ = ["build_site", "write_site"]
