"""The APIs that look whether mail will arrive, and whether other sites can show the feeds."""

from feedpub.doctor.examination import Doctor, DoctorSetup, FileFact
from feedpub.doctor.findings import Finding, Level
from feedpub.doctor.published import Document, Published

__all__ = ["Doctor", "DoctorSetup", "Document", "FileFact", "Finding", "Level", "Published"]
