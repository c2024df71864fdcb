//! Metrics for Prometheus. No label names a user or a code, and every label is there from the start.

use std::fmt;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, prometheus_text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use qrmint::credential::Kind;

use crate::store::Count;

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

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SubjectLabels {
    subject: &'static str,
}

type CountByKind = Family<KindLabels, Counter>;
type GaugeByKind = Family<KindLabels, Gauge<i64, AtomicI64>>;

/// Counts since the service was created.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    seconds: Family<RouteLabels, Histogram, fn() -> Histogram>,
    rules_seconds: Histogram,
    created: CountByKind,
    updated: CountByKind,
    deleted: CountByKind,
    verified: CountByKind,
    active: GaugeByKind,
    expiring: GaugeByKind,
    refusals: Family<RuleLabels, Counter>,
    reloads_failed: Family<SubjectLabels, Counter>,
    conflicts: Counter,
    lost_last_uses: Counter,
    lost_events: Counter,
    dropped_log_lines: Counter<u64, AtomicU64>,
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
            active: Family::default(),
            expiring: Family::default(),
            refusals: Family::default(),
            reloads_failed: Family::default(),
            conflicts: Counter::default(),
            lost_last_uses: Counter::default(),
            lost_events: Counter::default(),
            dropped_log_lines: Counter::default(),
            in_flight: Gauge::default(),
        };
        for kind in Kind::ALL.map(|kind| KindLabels { kind: kind.name() }) {
            for family in [&metrics.created, &metrics.updated, &metrics.deleted, &metrics.verified] {
                drop(family.get_or_create(&kind));
            }
            for family in [&metrics.active, &metrics.expiring] {
                drop(family.get_or_create(&kind));
            }
        }
        for subject in ["audit", "keys", "users"] {
            drop(metrics.reloads_failed.get_or_create(&SubjectLabels { subject }));
        }
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        let registry = &mut metrics.registry;
        registry.register("build", "The program", build);
        registry.register("requests", "Requests answered", metrics.requests.clone());
        registry.register("request_seconds", "From a request's headers to its answer", metrics.seconds.clone());
        registry.register("rules_seconds", "In the rules of a PATCH, drawing included", metrics.rules_seconds.clone());
        registry.register("codes_created", "Codes created", metrics.created.clone());
        registry.register("codes_updated", "Codes updated", metrics.updated.clone());
        registry.register("codes_deleted", "Codes deleted", metrics.deleted.clone());
        registry.register("codes_verified", "Scanned codes found good", metrics.verified.clone());
        registry.register("codes_active", "Codes that have not expired", metrics.active.clone());
        registry.register("codes_expiring", "Active codes that expire within 30 days", metrics.expiring.clone());
        registry.register("refusals", "Requests that broke a rule", metrics.refusals.clone());
        registry.register("reloads_failed", "Files that could not be read again", metrics.reloads_failed.clone());
        registry.register("conflicts", "Writes tried again after another one", metrics.conflicts.clone());
        registry.register("last_uses_lost", "Last uses that were not stored", metrics.lost_last_uses.clone());
        registry.register("audit_events_lost", "Events missing in the audit trail", metrics.lost_events.clone());
        registry.register("log_lines_dropped", "Log lines nobody read in time", metrics.dropped_log_lines.clone());
        registry.register("requests_in_flight", "Requests being worked on", metrics.in_flight.clone());
        metrics
    }
}

impl Metrics {
    /// Shows these labels with a count of zero until there is more to count.
    pub(crate) fn expect_requests(&self, route: &'static str, method: &'static str, status: u16) {
        drop(self.requests.get_or_create(&RequestLabels { route, method, status }));
        drop(self.seconds.get_or_create(&RouteLabels { route }));
    }

    /// Shows this rule with a count of zero until it is broken.
    pub(crate) fn expect_rule(&self, rule: &'static str) {
        drop(self.refusals.get_or_create(&RuleLabels { rule }));
    }

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

    /// Sets the numbers of active codes. A kind that is not among them has none.
    pub(crate) fn counted(&self, counts: &[Count]) {
        for kind in Kind::ALL {
            let count = counts.iter().find(|count| count.kind == kind);
            let (active, expiring) = count.map_or((0, 0), |count| (count.active, count.expiring));
            let labels = KindLabels { kind: kind.name() };
            self.active.get_or_create(&labels).set(active.try_into().unwrap_or(i64::MAX));
            self.expiring.get_or_create(&labels).set(expiring.try_into().unwrap_or(i64::MAX));
        }
    }

    pub(crate) fn refused(&self, rule: &'static str) {
        self.refusals.get_or_create(&RuleLabels { rule }).inc();
    }

    pub(crate) fn reload_failed(&self, subject: &'static str) {
        if let Some(count) = self.reloads_failed.get(&SubjectLabels { subject }) {
            count.inc();
        }
    }

    pub(crate) fn conflicted(&self) {
        self.conflicts.inc();
    }

    pub(crate) fn lost_last_use(&self) {
        self.lost_last_uses.inc();
    }

    pub(crate) fn lost_event(&self) {
        self.lost_events.inc();
    }

    pub(crate) fn set_dropped_log_lines(&self, lines: u64) {
        self.dropped_log_lines.inner().store(lines, Ordering::Relaxed);
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
