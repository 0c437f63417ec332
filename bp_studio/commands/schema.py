"""``bp schema``: the JSON Schema of lessons."""

from __future__ import annotations

import json

import click

from bp_script.language.caller import callers_language
from bp_script.schema import lesson_schema
from bp_studio import options
from bp_studio.lessons import chapter_schemas
from bp_studio.schema_words import in_language


@click.command("schema")
@options.verbose
def command() -> None:
    """Print the JSON Schema of lessons.

    Editors that know YAML take it for completion and for marking mistakes: bp schema > lesson.schema.json
    """
    schema = in_language(lesson_schema(chapter_schemas()), callers_language())
    click.echo(json.dumps(schema, indent=2, ensure_ascii=False))
