"""The codes of findings about where the section is written."""

from __future__ import annotations

from helm_cleaner.codes.code import OtherCode

PLACE_CODES = (
    OtherCode("no-section", "warning or error", "There is no section, but something that may be meant for one; with "
              "--require-section, none at all.", "write what the hint says, or name the section's path with --section",
              "claener: {imageTag: dev}", "cleaner: {imageTag: dev}"),
    OtherCode("foreign-section", "warning", "A section with none of the fields of Polyaxon's cleaner, in values that "
              "name no chart: it looks like another chart's.", "nothing, if it is another chart's",
              "cleaner: {schedule: daily}", "cleaner: {imageTag: dev}"),
    OtherCode("not-checked", "warning", "Something that cannot be read, or where the section is not looked for.",
              "give the file that is named, or check the values in a file of their own"),
    OtherCode("unused-ignore", "warning", "A comment that ignores no finding, or a glob in the configuration that "
              "matches no file.", "remove it, or write it at the end of the finding's line",
              "cleaner:\n  imageTag: dev  # helm-cleaner: ignore[image-tag]", "cleaner:\n  imageTag: dev"),
)  # fmt: skip
