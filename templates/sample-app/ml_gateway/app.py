"""The application that uvicorn serves: `ml_gateway.app:app`.

With UPSTREAM_URL in its environment it is a gateway, which checks requests and forwards the good ones; without, a backend, which predicts.
"""

from fastapi import FastAPI

from ml_gateway import __version__
from ml_gateway.settings import Settings, read_settings
from ml_gateway.utils.logger import configure_logging, get_logger

logger = get_logger(__name__)


def create_app(settings: Settings) -> FastAPI:
    """The application for these settings."""
    # Each role is imported only where it is needed: a gateway has no use for numpy and scikit-learn, nor the memory.
    if settings.upstream_url is not None:
        from ml_gateway.gateway import add_gateway, gateway_lifespan

        app = _fastapi(gateway_lifespan(settings))
        add_gateway(app, settings)
    else:
        from ml_gateway.backend import add_backend, backend_lifespan

        app = _fastapi(backend_lifespan(settings))
        add_backend(app)
    return app


def _fastapi(lifespan) -> FastAPI:
    # No pages of our own beside the API: on a gateway every other path belongs to the upstream.
    return FastAPI(title="ml_gateway", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)


def _start() -> FastAPI:
    settings = read_settings()
    configure_logging(settings)
    role = "backend" if settings.upstream_url is None else f"gateway to {settings.upstream_url}"
    logger.info("ml_gateway %s starts as %s", __version__, role)
    return create_app(settings)


app = _start()
