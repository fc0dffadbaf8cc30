"""The library's errors about wrong use, in one line of ours that names the help. Pure."""

# ruff: noqa: PLC0415  that `--help` answers at once
import typer
from typer.exceptions import TyperException


def explained_use(error: TyperException) -> str:
    """The line; empty if the help itself was shown."""
    if type(error).__name__ == "NoArgsIsHelpError":
        return ""
    said = _bad_value(error) if isinstance(error, typer.BadParameter) else error.format_message()
    context = getattr(error, "ctx", None)
    if context is None:
        return said
    return f"{said}{'' if said.endswith(('.', '?')) else '.'} See {context.command_path} --help."


def _bad_value(error: typer.BadParameter) -> str:
    from pydantic import ValidationError

    from contract.faults import in_words

    cause, param = error.__cause__, error.param
    if not isinstance(cause, ValidationError) or param is None:
        return error.format_message()
    name = max(param.opts, key=len) if param.param_type_name == "option" else getattr(param, "metavar", param.name)
    fault = cause.errors(include_url=False)[0]
    return f"{name} {fault['input']}: {in_words(fault)}"
