"""The command ``framing``; the only door to click, and the only room that prints and sets exit statuses.

Exit status: 0 clean; 1 flags found, a floor missed, problems in the data; 2 usage or input error, with one line on the
error stream that names file and place.  One module per command.  Whatever is heavy is imported inside the commands, so
that ``--help`` is quick.
"""

import click

from framing import __version__
from framing.cli.check_data import check_data
from framing.cli.compare import compare
from framing.cli.config import config
from framing.cli.console import Commands
from framing.cli.convert import convert
from framing.cli.evaluate import evaluate
from framing.cli.info import devices, info
from framing.cli.score import score
from framing.cli.train import train


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="framing")
def main() -> None:
    """Find loaded language, framing devices and scare quotes in news text.

    Exit status: 0 clean, 1 flags found, 2 usage or input error.
    """


for _command in (score, compare, train, evaluate, convert, check_data, config, info, devices):
    main.add_command(_command)
