"""The codes of `leftovers`: why nothing is deleted."""

from __future__ import annotations

from helm_cleaner.codes.code import OtherCode

_KUBECTL = "kubectl logs JOB > report.txt"

LEFTOVERS_CODES = (
    OtherCode("report", "error", "The file of --report holds no report of a survey, or several.",
              f"give the log of one survey: {_KUBECTL}"),
    OtherCode("report-incomplete", "error", "A report without its start or end, or that does not match its checksum.",
              f"wait until the survey's Job is complete, then {_KUBECTL}"),
    OtherCode("report-expired", "error", "A report that is more than a day old, or from the future: runs may have been "
              "restored, and Polyaxon forgets a deleted run after a day.", "make a new survey"),
    OtherCode("report-mismatch", "error", "A report about another release, namespace or store than the manifests, or "
              "ConfigMaps of another cluster.", "give the manifests of the release that was surveyed"),
    OtherCode("unknown-store", "error", "The API knows none of the folders: the store may be another's.",
              "let a run of the release write its artifacts, then make a new survey"),
    OtherCode("shared-store", "error", "Another release uses the store, or one above or below it. Its runs look "
              "exactly like leftovers.", "give each release a store of its own"),
    OtherCode("store-is-mine", "error", "Nobody has confirmed that no other release uses the store.",
              "check it, also in other clusters, and add --store-is-mine",
              "helm-cleaner leftovers clean manifests.yaml --report report.txt -o yaml",
              "helm-cleaner leftovers clean manifests.yaml --report report.txt --store-is-mine -o yaml"),
    OtherCode("remove-count", "error", "The API knows fewer than half of the folders, or --remove is not their number.",
              "find out why; then confirm the number with --remove"),
    OtherCode("no-leftovers", "error", "No folder is to be deleted, so there is no Job.", "nothing is to be done"),
    OtherCode("enterprise", "error", "Polyaxon EE: a 404 of its API may mean that a run is not permitted to be seen.",
              "use the survey's counts; there is no Job"),
    OtherCode("release", "error", "The release's name is not known, and with it the environment of its agent.",
              "add --release"),
)  # fmt: skip
