"""An application below src/ that a function makes, with its label in a file that a symbolic link leads to."""

from pathlib import Path

from fastapi import FastAPI

LABEL = Path(__file__).parent / "label.txt"


def create_app() -> FastAPI:
    app = FastAPI()

    @app.get("/health")
    def health():
        return {"status": "ok"}

    @app.get("/about")
    def about():
        return {"label": LABEL.read_text(), "module": __name__}

    return app
