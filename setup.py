"""The one step of the build that pyproject.toml cannot say: the wheel holds the documentation as pages."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
SITE = "funnel/documentation/site"


class WithDocumentation(build_py):
    """Builds the documentation into the wheel. Not where its sources are left out, as in the image of the workers."""

    def run(self) -> None:
        """The packages, then the pages."""
        super().run()
        if not self.editable_mode and (ROOT / "mkdocs.yml").is_file():
            # MkDocs is needed for no other step.
            from mkdocs.commands.build import build  # noqa: PLC0415
            from mkdocs.config import load_config  # noqa: PLC0415

            build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(self._site.resolve()), strict=True))

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """What is installed, with the pages."""
        return super().get_outputs(include_bytecode) + [str(path) for path in self._site.rglob("*") if path.is_file()]

    @property
    def _site(self) -> Path:
        return Path(self.build_lib) / SITE


setup(cmdclass={"build_py": WithDocumentation})
