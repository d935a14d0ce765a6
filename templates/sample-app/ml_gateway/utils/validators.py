"""What /predict takes."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model, model_validator

from ml_gateway.utils.feature_extractor import FEATURES


class RequestRecord(BaseModel):
    """One request of a client, as an access log has it."""

    model_config = ConfigDict(extra="forbid")

    time: Annotated[float, Field(ge=0, allow_inf_nan=False)]  # seconds, from any fixed moment
    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    path: Annotated[str, Field(min_length=1, max_length=8192)]
    query: Annotated[str, Field(max_length=8192)] = ""
    status: Annotated[int, Field(ge=100, le=599)]
    body_bytes: Annotated[int, Field(ge=0)] = 0
    user_agent: Annotated[str, Field(max_length=8192)] = ""
    headers: Annotated[int, Field(ge=0, le=256)] = 0  # how many


# Every feature is required and bounded as feature_extractor has it; what is not a feature is refused, so that a misspelt one is noticed.
Features = create_model(
    "Features",
    __config__=ConfigDict(extra="forbid"),
    **{name: (Annotated[float, Field(ge=low, le=high, allow_inf_nan=False)], ...) for name, (low, high) in FEATURES.items()},
)


class PredictionRequest(BaseModel):
    """Either the features themselves, or a client's recent requests, from which they follow."""

    model_config = ConfigDict(extra="forbid")

    features: Features | None = None
    requests: Annotated[list[RequestRecord], Field(min_length=2, max_length=1000)] | None = None

    @model_validator(mode="after")
    def one_of_both(self) -> "PredictionRequest":
        if (self.features is None) == (self.requests is None):
            raise ValueError("give either features or requests")
        return self
