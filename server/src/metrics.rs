//! Metrics for Prometheus. No label names a user or a code.

use std::fmt;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, prometheus_text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use qrmint::credential::Kind;

/// The media type of the text.
pub(crate) const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Histogram buckets of latencies in seconds: 100 microseconds to 3 seconds.
const LATENCIES: [f64; 13] = [1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 5e-2, 0.1, 0.25, 1.0, 3.0];

/// Histogram buckets of the time for the rules and the image, in seconds: 1 microsecond to about 1 millisecond.
const RULES: [f64; 11] = [1e-6, 2e-6, 4e-6, 8e-6, 1.6e-5, 3.2e-5, 6.4e-5, 1.28e-4, 2.56e-4, 5.12e-4, 1.024e-3];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    route: &'static str,
    method: &'static str,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct KindLabels {
    kind: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RuleLabels {
    rule: &'static str,
}

/// Counts since the service was created.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    seconds: Family<RouteLabels, Histogram, fn() -> Histogram>,
    rules_seconds: Histogram,
    created: Family<KindLabels, Counter>,
    updated: Family<KindLabels, Counter>,
    deleted: Family<KindLabels, Counter>,
    verified: Family<KindLabels, Counter>,
    refusals: Family<RuleLabels, Counter>,
    conflicts: Counter,
    in_flight: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let latencies: fn() -> Histogram = || Histogram::new(LATENCIES);
        let mut metrics = Self {
            registry: Registry::with_prefix("qrmint"),
            requests: Family::default(),
            seconds: Family::new_with_constructor(latencies),
            rules_seconds: Histogram::new(RULES),
            created: Family::default(),
            updated: Family::default(),
            deleted: Family::default(),
            verified: Family::default(),
            refusals: Family::default(),
            conflicts: Counter::default(),
            in_flight: Gauge::default(),
        };
        let registry = &mut metrics.registry;
        registry.register("requests", "Requests answered", metrics.requests.clone());
        registry.register("request_seconds", "From a request's headers to its answer", metrics.seconds.clone());
        registry.register("rules_seconds", "In the rules of a PATCH, drawing included", metrics.rules_seconds.clone());
        registry.register("codes_created", "Codes created", metrics.created.clone());
        registry.register("codes_updated", "Codes updated", metrics.updated.clone());
        registry.register("codes_deleted", "Codes deleted", metrics.deleted.clone());
        registry.register("codes_verified", "Scanned codes found good", metrics.verified.clone());
        registry.register("refusals", "Requests that broke a rule", metrics.refusals.clone());
        registry.register("conflicts", "Writes tried again after another one", metrics.conflicts.clone());
        registry.register("requests_in_flight", "Requests being worked on", metrics.in_flight.clone());
        metrics
    }
}

impl Metrics {
    pub(crate) fn answered(&self, route: &'static str, method: &'static str, status: u16, took: Duration) {
        self.requests.get_or_create(&RequestLabels { route, method, status }).inc();
        self.seconds.get_or_create(&RouteLabels { route }).observe(took.as_secs_f64());
    }

    pub(crate) fn ruled(&self, took: Duration) {
        self.rules_seconds.observe(took.as_secs_f64());
    }

    pub(crate) fn created(&self, kind: Kind) {
        self.created.get_or_create(&KindLabels { kind: kind.name() }).inc();
    }

    pub(crate) fn updated(&self, kind: Kind) {
        self.updated.get_or_create(&KindLabels { kind: kind.name() }).inc();
    }

    pub(crate) fn deleted(&self, kind: Kind) {
        self.deleted.get_or_create(&KindLabels { kind: kind.name() }).inc();
    }

    pub(crate) fn verified(&self, kind: Kind) {
        self.verified.get_or_create(&KindLabels { kind: kind.name() }).inc();
    }

    pub(crate) fn refused(&self, rule: &'static str) {
        self.refusals.get_or_create(&RuleLabels { rule }).inc();
    }

    pub(crate) fn conflicted(&self) {
        self.conflicts.inc();
    }

    /// Counts a request as in flight until the guard is dropped.
    pub(crate) fn begin(&self) -> InFlight {
        self.in_flight.inc();
        InFlight(self.in_flight.clone())
    }

    pub(crate) fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

pub(crate) struct InFlight(Gauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}
