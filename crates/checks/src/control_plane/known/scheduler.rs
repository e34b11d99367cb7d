//! The flags of kube-scheduler from 1.20 to 1.37, as its sources register them, hidden ones included.

use super::Lifetime;

pub(super) const FLAGS: &[Lifetime] = &[
    Lifetime {
        from: 0,
        gone: Some(22),
        names: "algorithm-provider hard-pod-affinity-symmetric-weight scheduler-name",
    },
    Lifetime {
        from: 0,
        gone: Some(23),
        names: "\
            policy-config-file policy-configmap policy-configmap-namespace \
            use-legacy-policy-config",
    },
    Lifetime { from: 0, gone: Some(24), names: "address experimental-logging-sanitization port" },
    Lifetime {
        from: 0,
        gone: Some(26),
        names: "\
            add-dir-header alsologtostderr log-backtrace-at log-dir log-file log-file-max-size \
            logtostderr one-output skip-headers skip-log-headers stderrthreshold",
    },
    Lifetime { from: 0, gone: Some(28), names: "lock-object-name lock-object-namespace" },
    Lifetime {
        from: 0,
        gone: None,
        names: "\
            authentication-kubeconfig authentication-skip-lookup \
            authentication-token-webhook-cache-ttl authentication-tolerate-lookup-failure \
            authorization-always-allow-paths authorization-kubeconfig \
            authorization-webhook-cache-authorized-ttl \
            authorization-webhook-cache-unauthorized-ttl bind-address cert-dir client-ca-file \
            config contention-profiling feature-gates help http2-max-streams-per-connection \
            kube-api-burst kube-api-content-type kube-api-qps kubeconfig leader-elect \
            leader-elect-lease-duration leader-elect-renew-deadline leader-elect-resource-lock \
            leader-elect-resource-name leader-elect-resource-namespace leader-elect-retry-period \
            log-flush-frequency logging-format master permit-port-sharing profiling \
            requestheader-allowed-names requestheader-client-ca-file \
            requestheader-extra-headers-prefix requestheader-group-headers \
            requestheader-username-headers secure-port show-hidden-metrics-for-version \
            tls-cert-file tls-cipher-suites tls-min-version tls-private-key-file \
            tls-sni-cert-key v version vmodule write-config-to",
    },
    Lifetime {
        from: 21,
        gone: None,
        names: "allow-metric-labels disabled-metrics permit-address-sharing",
    },
    Lifetime { from: 23, gone: None, names: "log-json-info-buffer-size log-json-split-stream" },
    Lifetime { from: 24, gone: None, names: "pod-max-in-unschedulable-pods-duration" },
    Lifetime { from: 29, gone: None, names: "allow-metric-labels-manifest" },
    Lifetime { from: 30, gone: None, names: "log-text-info-buffer-size log-text-split-stream" },
    Lifetime { from: 31, gone: None, names: "disable-http2-serving emulated-version" },
    Lifetime { from: 32, gone: None, names: "requestheader-uid-headers" },
    Lifetime { from: 35, gone: None, names: "min-compatibility-version" },
    Lifetime { from: 36, gone: None, names: "tls-curve-preferences" },
];
