"""``feedpub completion``: what a shell needs to complete commands and options."""

import click

from feedpub.cli.options import SiteCommand
from feedpub.cli.output import write

_WHERE = {
    "bash": "~/.bashrc",
    "zsh": "~/.zshrc",
    "fish": "~/.config/fish/config.fish",
}


@click.command(cls=SiteCommand)
@click.argument("shell", type=click.Choice(list(_WHERE)))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that lets a shell complete commands.

    \b
    bash  eval "$(feedpub completion bash)"    in ~/.bashrc
    zsh   eval "$(feedpub completion zsh)"     in ~/.zshrc
    fish  feedpub completion fish | source     in ~/.config/fish/config.fish
    """  # noqa: D301 # click reads the escape
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"no completion for {shell}")
    root = context.find_root()
    complete = kind(root.command, {}, "feedpub", "_FEEDPUB_COMPLETE")
    # Not source(): that starts bash to ask for its version, which this machine may not have.
    write(complete.source_template % complete.source_vars())
