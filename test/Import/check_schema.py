# check_schema.py - the JSON Schema accepts the graphs that the importer accepts, and refuses misspelt ones.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# A validator of the keywords that the schema uses, so that the tests need no package. `oneOf` over ops is decided
# by the "const" of "op", which makes it fast and its messages readable.
import copy
import json
import pathlib
import re
import subprocess
import sys

KINDS = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
KNOWN = {"$ref", "type", "enum", "const", "pattern", "minimum", "anyOf", "oneOf", "properties", "required",
         "additionalProperties", "propertyNames", "items", "minItems", "maxItems", "description", "title", "$schema",
         "$defs"}


def is_kind(value, kind):
    if kind in ("integer", "number"):
        return not isinstance(value, bool) and isinstance(value, int if kind == "integer" else (int, float))
    return isinstance(value, KINDS[kind])


def check(schema, value, root, at="graph"):
    """The first problem as text; "" when there is none."""
    assert set(schema) <= KNOWN, set(schema) - KNOWN
    if "$ref" in schema:
        return check(root["$defs"][schema["$ref"].rsplit("/", 1)[1]], value, root, at)
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(is_kind(value, kind) for kind in kinds):
        return f"{at}: not {kinds}"
    if "enum" in schema and value not in schema["enum"] or "const" in schema and value != schema["const"]:
        return f"{at}: not one of the values"
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        return f"{at}: does not match"
    if is_kind(value, "number") and value < schema.get("minimum", value):
        return f"{at}: too small"
    if "anyOf" in schema and all(check(s, value, root, at) for s in schema["anyOf"]):
        return f"{at}: none of the alternatives"
    if "oneOf" in schema:
        op = value.get("op") if isinstance(value, dict) else None
        chosen = [s for s in schema["oneOf"] if s["properties"]["op"]["const"] == op]
        problem = check(chosen[0], value, root, at) if len(chosen) == 1 else f"{at}: {len(chosen)} ops match"
        if problem:
            return problem
    return check_object(schema, value, root, at) if isinstance(value, dict) else check_list(schema, value, root, at)


def check_object(schema, value, root, at):
    for key in schema.get("required", []):
        if key not in value:
            return f"{at}: lacks {key}"
    for key, item in value.items():
        sub = schema.get("properties", {}).get(key, schema.get("additionalProperties", {}))
        problem = f"{at}: unknown {key}" if sub is False else check(sub, item, root, f"{at}.{key}")
        problem = problem or check(schema.get("propertyNames", {}), key, root, f"{at} key {key}")
        if problem:
            return problem
    return ""


def check_list(schema, value, root, at):
    if not isinstance(value, list):
        return ""
    if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
        return f"{at}: {len(value)} items"
    for i, item in enumerate(value):
        if problem := check(schema.get("items", {}), item, root, f"{at}[{i}]"):
            return problem
    return ""


def graphs(source):
    for path in sorted(source.glob("examples/**/*.json")):
        yield path.name, json.loads(path.read_text(encoding="utf-8"))
    document = (source / "docs/graph.md").read_text(encoding="utf-8")
    for i, block in enumerate(re.findall(r"^```json\n(.*?)^```", document, flags=re.M | re.S)):
        yield f"graph.md block {i + 1}", json.loads(block)
    for example in re.findall(r"^\| `\S+` \|.*\| `(.*)` \|$", document, flags=re.M):
        yield example, {"format": "gradc.graph", "version": 1, "main": [json.loads(example)]}


def main():
    tool, source = sys.argv[1], pathlib.Path(sys.argv[2])
    schema = json.loads(subprocess.run([tool, "--schema"], capture_output=True, text=True, check=True).stdout)
    count = failures = 0

    def expect(name, graph, valid):
        nonlocal count, failures
        problem = check(schema, graph, schema)
        count += 1
        if bool(problem) == valid:
            failures += 1
            print(f"{name}: {problem or 'accepted'}")

    for name, graph in graphs(source):
        expect(name, graph, True)
        for change in ({"version": 2}, {"format": "x"}, {"device": "gpu"}, {"other": 1}):
            expect(f"{name} with {change}", dict(graph, **change), False)
        if graph.get("main"):
            for change in ({"op": "no such op"}, {"other": 1}, {"loc": {"line": 1}}, {"type": "f32"}):
                broken = copy.deepcopy(graph)
                broken["main"][-1].update(change)
                expect(f"{name} with {change}", broken, False)
    print(f"{count} graphs, {failures} failures")
    return 1 if failures or count < 200 else 0


sys.exit(main())
