"""JavaScript modules joined into a few files, each still a module: run once, when it is needed.

No bundler: names and code stay as they are written, line by line, and only `import` and `export`
are said otherwise. It knows the forms that this project writes, and refuses any other by name.
"""

import json
import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

FROM = r"""["'](?P<path>\.{1,2}/[^"']+)["'][ \t]*;?"""
IMPORTS = re.compile(
    r"^import\s*(?:(?P<names>\{[^}]*\}|\*\s*as\s+[\w$]+)\s*from\s*)?" + FROM, re.MULTILINE
)
PASSES_ON = re.compile(r"^export\s*\{(?P<names>[^}]*)\}\s*from\s*" + FROM, re.MULTILINE)
NAMES = re.compile(r"^export\s*\{(?P<names>[^}]*)\}[ \t]*;?", re.MULTILINE)
DECLARES = re.compile(
    r"^export (?P<what>(?:async )?function\*?|const|class) (?P<name>[\w$]+)", re.MULTILINE
)
BRINGS = re.compile(r"""\bimport\(\s*["'](?P<path>\.{1,2}/[^"']+)["']\s*\)""")
OTHER = re.compile(r"^(?:await\b|(?:import|export)\b(?!\s*\()).*", re.MULTILINE)
"""What must not be left: forms that are not known."""
SHORT = re.compile(r"(?<=[;}])(?=(?:import|export)\b\s*[{*\"'])")
"""Where third-party files, which have no lines, begin such a statement."""

FIRST = """\
const written = new Map(), made = new Map();
export const $put = (modules) => Object.entries(modules).forEach(([path, make]) => written.set(path, make));
export const $need = (path) => {
  if (!made.has(path)) made.set(path, written.get(path)());
  return made.get(path);
};
"""  # noqa: E501 (lines of JavaScript)
"""In front of the chunk that all others build on: a module is made when it is first needed."""


class UnknownForm(ValueError):
    """A module says `import` or `export` as this project does not, or waits at its top level."""


@dataclass(frozen=True)
class Module:
    """A module's code as the body of a function, and what it exports as `name: expression`."""

    code: str
    exports: Mapping[str, str]

    def made(self) -> str:
        """The function that runs it, and answers with what it exports."""
        given = ", ".join(
            name if name == value else f"{name}: {value}" for name, value in self.exports.items()
        )
        return f"() {{ {self.code}\nreturn {{ {given} }};\n}}"


class Reading:
    """The module at `path`, said as it stands in its chunk; `places` tells the chunk of each."""

    def __init__(self, path: str, places: Mapping[str, str]) -> None:
        self._path, self._places = path, places
        self.exports: dict[str, str] = {}

    def code(self, source: str) -> str:
        """The same lines without `import` and `export`, which leaves what is exported."""
        code = SHORT.sub("\n", source) if self._path.startswith("vendor/") else source
        for form, said in (
            (PASSES_ON, self._passed_on),
            (NAMES, self._named),
            (DECLARES, self._declared),
            (IMPORTS, self._needed),
        ):
            code = form.sub(said, code)
        found = OTHER.search(code)
        if found or "$need" in source:
            what = found[0][:80] if found else "$need"
            message = f"{self._path}: this cannot be joined with other modules: {what}"
            raise UnknownForm(message)
        return BRINGS.sub(self._brought, code)

    def _needed(self, found: re.Match[str]) -> str:
        call = f'$need("{self._meant(found)}");'
        names = found["names"]
        if names and names.startswith("{"):
            call = f"const {{ {renamed(names[1:-1])} }} = {call}"
        elif names:
            call = f"const {names.split()[-1]} = {call}"
        return call + kept_lines(found[0])

    def _passed_on(self, found: re.Match[str]) -> str:
        for inner, outer in pairs(found["names"]):
            self.exports[outer] = f'$need("{self._meant(found)}").{inner}'
        return kept_lines(found[0])

    def _named(self, found: re.Match[str]) -> str:
        self.exports.update((outer, inner) for inner, outer in pairs(found["names"]))
        return kept_lines(found[0])

    def _declared(self, found: re.Match[str]) -> str:
        self.exports[found["name"]] = found["name"]
        return f"{found['what']} {found['name']}"

    def _brought(self, found: re.Match[str]) -> str:
        target = self._meant(found)
        if target in self._places:
            chunk = posixpath.basename(self._places[target])
            return f'import("./{chunk}").then((all) => all.$need("{target}"))'
        return f'import("{relative(target, self._places[self._path])}")'

    def _meant(self, found: re.Match[str]) -> str:
        return posixpath.normpath(posixpath.join(posixpath.dirname(self._path), found["path"]))


def read(path: str, source: str, places: Mapping[str, str]) -> Module:
    """The module at `path` as it stands in its chunk. All chunks are in one folder.

    Raises UnknownForm.
    """
    reading = Reading(path, places)
    code = reading.code(source)
    return Module(code, reading.exports)


def chunk(own: str, base: str, modules: Mapping[str, Module], others: Iterable[str]) -> str:
    """The text of the chunk at `own`, which needs the chunks at `others` to be there."""
    lines = [f'import "{relative(other, own)}";\n' for other in others if other != base]
    if own == base:
        lines.append(FIRST)
    else:
        lines.append(f'import {{ $need, $put }} from "{relative(base, own)}";\n')
        lines.append("export { $need };\n")
    lines.append("$put({\n")
    lines += [f'"{path}"{module.made()},\n' for path, module in modules.items()]
    return "".join([*lines, "});\n"])


def mapped(text: str, sources: Mapping[str, str]) -> str:
    """The source map of a chunk's `text`: line by line, so that a fault is told where it stands.

    https://tc39.es/ecma426/: an index map, whose parts each begin with a line of their own.
    """
    begins = {
        line.split('"')[1]: number
        for number, line in enumerate(text.split("\n"))
        if line.startswith('"') and '"() {' in line
    }
    parts = []
    for path, source in sources.items():
        mappings = "AAAA" + ";AACA" * source.count("\n")
        told = {"version": 3, "sources": [f"../{path}"], "sourcesContent": [source]}
        parts.append(
            {"offset": {"line": begins[path], "column": 0}, "map": told | {"mappings": mappings}}
        )
    return json.dumps({"version": 3, "sections": parts})


def stub(path: str, module: Module, place: str) -> str:
    """What stands at the module's own address: the same module, out of its chunk."""
    needed = f'$need("{path}");'
    if module.exports:
        needed = f"export const {{ {', '.join(module.exports)} }} = {needed}"
    return f'import {{ $need }} from "{relative(place, path)}";\n{needed}\n'


def pairs(names: str) -> list[tuple[str, str]]:
    """`a, b as c` as pairs: what it is called inside, and what outside."""
    words = [one.split() for one in names.split(",") if one.strip()]
    return [(one[0], one[-1]) for one in words]


def renamed(names: str) -> str:
    """`a, b as c` as a pattern of destructuring."""
    return ", ".join(a if a == b else f"{a}: {b}" for a, b in pairs(names))


def relative(target: str, own: str) -> str:
    """How the file at `own` writes the path `target`."""
    way = posixpath.relpath(target, posixpath.dirname(own))
    return way if way.startswith(".") else f"./{way}"


def kept_lines(before: str) -> str:
    """So many ends of lines that the code after it stays in its line."""
    return "\n" * before.count("\n")
