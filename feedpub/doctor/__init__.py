"""The API that looks whether mail will arrive: server, DNS, links, message and files."""

from feedpub.doctor.examination import Doctor, DoctorSetup, FileFact
from feedpub.doctor.findings import Finding, Level

__all__ = ["Doctor", "DoctorSetup", "FileFact", "Finding", "Level"]
