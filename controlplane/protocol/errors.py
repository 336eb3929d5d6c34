"""What is wrong with a body, in words."""

from pydantic import ValidationError

MAX_PROBLEMS = 5


def explain(error: ValidationError) -> str:
    """Say in one line which fields are wrong, and how."""
    problems = error.errors()[:MAX_PROBLEMS]
    return "; ".join(f"{'.'.join(map(str, each['loc'])) or 'body'}: {each['msg']}" for each in problems)
