"""Values in the ConfigMaps and Secrets that an object names, and in the files from which these are generated."""

from __future__ import annotations

import base64
from contextlib import suppress

from helm_cleaner.diagnostics import Diagnostic, InputError
from helm_cleaner.sources.files import File, Files
from helm_cleaner.sources.placeholders import PlaceholderTest, has_placeholder
from helm_cleaner.sources.templates import unmask
from helm_cleaner.sources.values_stack import Layer, ValuesStack
from helm_cleaner.sources.yaml_node import YamlNode
from helm_cleaner.typed import NamedTuple


class Text(NamedTuple):
    """A text in a ConfigMap or a Secret.

    part: where it is written. value: its decoded text. is_base64: whether it was in base64. start: where the value
    begins in what is written. file: the file, if a kustomization generates the object from a whole file.
    """

    part: YamlNode
    value: str
    is_base64: bool = False
    start: int = 0
    file: File | None = None
    files: Files | None = None

    def layers(self, unknown: PlaceholderTest) -> list[Layer]:
        """The values in it. InputError if they are not YAML."""
        if self.file is not None and self.files is not None:
            return self.files.values_of(self.file, unknown)
        if self.is_base64:
            return self.part.read_text(self.value, unknown)
        return self.part.embedded_from(self.start, unknown) if self.start else self.part.read_embedded(unknown)


def find_referenced(reference: YamlNode, key: str, namespace: str, files: Files) -> Text | None:
    """The text that a reference (`kind`, `name`) names; None if it is not in the files, or cannot be read."""
    kind, name = reference.at("kind").text, reference.at("name").text
    return find_text(kind, name, key, namespace, files)


def find_text(kind: str, name: str, key: str, namespace: str, files: Files) -> Text | None:
    """The text under a key of a ConfigMap or a Secret; None if it is not in the files, or cannot be read."""
    if not name or kind not in ("ConfigMap", "Secret"):
        return None
    for _, found in files.objects(kind, name, namespace):
        if kind == "Secret":
            plain = found.at("stringData", key)
            if plain.is_scalar:
                return Text(plain, plain.text)
            encoded = found.at("data", key)
            if encoded.is_scalar:
                value = _decoded(encoded.text)
                return None if value is None else Text(encoded, value, is_base64=True)
        elif (text := found.at("data", key)).is_scalar:
            return Text(text, text.text)
    return _generated(kind, name, key, files)


def _decoded(text: str) -> str | None:
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode()
    except ValueError:
        return None


def _generated(kind: str, name: str, key: str, files: Files) -> Text | None:
    """The text if a kustomization generates the object from files; kustomize adds a hash to the name."""
    generator = "configMapGenerator" if kind == "ConfigMap" else "secretGenerator"
    for file, document in files.find_mentions(generator.encode(), name.encode()):
        for each in document.at(generator).items():
            if each.at("name").text != name:
                continue
            for item in each.at("files").items():
                left, equals, right = item.text.partition("=")
                path = right if equals else left
                if (left if equals else path.rpartition("/")[2]) == key and (
                    there := files.find_beside(file.name, path)
                ):
                    return Text(item, "", file=there, files=files)
            for item in each.at("literals").items():
                left, equals, right = item.text.partition("=")
                if equals and left == key:
                    return Text(item, right, start=len(left) + 1)
    return None


def describe_missing(reference: YamlNode) -> Diagnostic:
    """The warning that the object of a reference is not in the files."""
    kind, name = reference.at("kind").text or "object", reference.at("name").text
    message = f"the {kind} {name} is not in these files: its values are not checked"
    return reference.warn_not_checked(
        message, "give its file as well, and write a Secret with stringData or plain base64"
    )


def add_file(
    stack: ValuesStack,
    named: YamlNode,
    file: str,
    files: Files,
    unknown: PlaceholderTest | None = None,
    found: File | None = None,
) -> None:
    """Adds the values in a file that is named relative to another one, or a warning if it was not given.

    found: the file, where it is known.
    """
    name = named.text
    if found is None and "://" not in name and not name.startswith("$"):
        found = files.find_beside(file, name)
    if found is None:
        add_missing_file(stack, named)
        return
    stack.files.append(found.name)
    with suppress(InputError):  # reported when the file itself is checked
        stack.layers += files.values_of(found, unknown)


def add_missing_file(stack: ValuesStack, named: YamlNode) -> None:
    """Adds the warning that a values file was not given."""
    message = f"the values file {unmask(named.text)} is not among the given files: its values are not checked"
    stack.unchecked.append(named.warn_not_checked(message, "give it as well"))
    stack.templated += [named.text] * has_placeholder(named.text)


def add_references(stack: ValuesStack, values_from: YamlNode, files: Files, unknown: PlaceholderTest) -> None:
    """Adds the values that a list of `configMapKeyRef` and `secretKeyRef` names, or warnings if they were not given."""
    for each in values_from.items():
        for key, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
            if not (reference := each.at(key)):
                continue
            name, namespace = reference.at("name").text, reference.at("namespace").text
            text = find_text(kind, name, reference.at("key").text or "values.yaml", namespace, files)
            if text is None:
                stack.unchecked.append(describe_missing(reference))
            else:
                add_text(stack, text, unknown)


def add_text(stack: ValuesStack, text: Text, unknown: PlaceholderTest) -> None:
    """Adds the values in a text."""
    stack.add(text.layers, unknown)
    if text.file is not None:
        stack.files.append(text.file.name)
