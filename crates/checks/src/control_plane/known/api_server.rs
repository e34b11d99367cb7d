//! The flags of kube-apiserver from 1.20 to 1.37, as its sources register them, hidden ones included.

use super::Lifetime;

pub(super) const FLAGS: &[Lifetime] = &[
    Lifetime { from: 0, gone: Some(22), names: "kubelet-https ssh-keyfile ssh-user" },
    Lifetime {
        from: 0,
        gone: Some(24),
        names: "\
            address deserialization-cache-size enable-swagger-ui \
            experimental-encryption-provider-config experimental-logging-sanitization \
            insecure-bind-address insecure-port port target-ram-mb",
    },
    Lifetime { from: 0, gone: Some(25), names: "service-account-api-audiences" },
    Lifetime {
        from: 0,
        gone: Some(26),
        names: "\
            add-dir-header alsologtostderr identity-lease-duration-seconds \
            identity-lease-renew-interval-seconds log-backtrace-at log-dir log-file \
            log-file-max-size logtostderr one-output skip-headers skip-log-headers \
            stderrthreshold",
    },
    Lifetime { from: 0, gone: Some(27), names: "master-service-namespace" },
    Lifetime {
        from: 0,
        gone: Some(31),
        names: "cloud-provider-gce-l7lb-src-cidrs cloud-provider-gce-lb-src-cidrs",
    },
    Lifetime { from: 0, gone: Some(33), names: "cloud-config cloud-provider" },
    Lifetime {
        from: 0,
        gone: None,
        names: "\
            admission-control admission-control-config-file advertise-address allow-privileged \
            anonymous-auth api-audiences apiserver-count audit-log-batch-buffer-size \
            audit-log-batch-max-size audit-log-batch-max-wait audit-log-batch-throttle-burst \
            audit-log-batch-throttle-enable audit-log-batch-throttle-qps audit-log-compress \
            audit-log-format audit-log-maxage audit-log-maxbackup audit-log-maxsize \
            audit-log-mode audit-log-path audit-log-truncate-enabled \
            audit-log-truncate-max-batch-size audit-log-truncate-max-event-size \
            audit-log-version audit-policy-file audit-webhook-batch-buffer-size \
            audit-webhook-batch-initial-backoff audit-webhook-batch-max-size \
            audit-webhook-batch-max-wait audit-webhook-batch-throttle-burst \
            audit-webhook-batch-throttle-enable audit-webhook-batch-throttle-qps \
            audit-webhook-config-file audit-webhook-initial-backoff audit-webhook-mode \
            audit-webhook-truncate-enabled audit-webhook-truncate-max-batch-size \
            audit-webhook-truncate-max-event-size audit-webhook-version \
            authentication-token-webhook-cache-ttl authentication-token-webhook-config-file \
            authentication-token-webhook-version authorization-mode authorization-policy-file \
            authorization-webhook-cache-authorized-ttl \
            authorization-webhook-cache-unauthorized-ttl authorization-webhook-config-file \
            authorization-webhook-version bind-address cert-dir client-ca-file \
            contention-profiling cors-allowed-origins default-not-ready-toleration-seconds \
            default-unreachable-toleration-seconds default-watch-cache-size \
            delete-collection-workers disable-admission-plugins egress-selector-config-file \
            enable-admission-plugins enable-aggregator-routing enable-bootstrap-token-auth \
            enable-garbage-collector enable-logs-handler enable-priority-and-fairness \
            encryption-provider-config endpoint-reconciler-type etcd-cafile etcd-certfile \
            etcd-compaction-interval etcd-count-metric-poll-period etcd-db-metric-poll-interval \
            etcd-healthcheck-timeout etcd-keyfile etcd-prefix etcd-servers \
            etcd-servers-overrides event-ttl external-hostname feature-gates goaway-chance help \
            http2-max-streams-per-connection kubelet-certificate-authority \
            kubelet-client-certificate kubelet-client-key kubelet-port \
            kubelet-preferred-address-types kubelet-read-only-port kubelet-timeout \
            kubernetes-service-node-port livez-grace-period log-flush-frequency logging-format \
            max-connection-bytes-per-sec max-mutating-requests-inflight max-requests-inflight \
            min-request-timeout oidc-ca-file oidc-client-id oidc-groups-claim oidc-groups-prefix \
            oidc-issuer-url oidc-required-claim oidc-signing-algs oidc-username-claim \
            oidc-username-prefix permit-port-sharing profiling proxy-client-cert-file \
            proxy-client-key-file request-timeout requestheader-allowed-names \
            requestheader-client-ca-file requestheader-extra-headers-prefix \
            requestheader-group-headers requestheader-username-headers runtime-config \
            secure-port service-account-extend-token-expiration service-account-issuer \
            service-account-jwks-uri service-account-key-file service-account-lookup \
            service-account-max-token-expiration service-account-signing-key-file \
            service-cluster-ip-range service-node-port-range show-hidden-metrics-for-version \
            shutdown-delay-duration storage-backend storage-media-type tls-cert-file \
            tls-cipher-suites tls-min-version tls-private-key-file tls-sni-cert-key \
            token-auth-file v version vmodule watch-cache watch-cache-sizes",
    },
    Lifetime {
        from: 21,
        gone: None,
        names: "\
            allow-metric-labels disabled-metrics lease-reuse-duration-seconds \
            permit-address-sharing strict-transport-security-directives",
    },
    Lifetime { from: 22, gone: None, names: "tracing-config-file" },
    Lifetime {
        from: 23,
        gone: None,
        names: "\
            log-json-info-buffer-size log-json-split-stream shutdown-send-retry-after",
    },
    Lifetime { from: 25, gone: None, names: "etcd-readycheck-timeout" },
    Lifetime {
        from: 26,
        gone: None,
        names: "\
            aggregator-reject-forwarding-redirect encryption-provider-config-automatic-reload",
    },
    Lifetime {
        from: 27,
        gone: None,
        names: "debug-socket-path shutdown-watch-termination-grace-period",
    },
    Lifetime { from: 28, gone: None, names: "peer-advertise-ip peer-advertise-port peer-ca-file" },
    Lifetime {
        from: 29,
        gone: None,
        names: "\
            allow-metric-labels-manifest authentication-config authorization-config",
    },
    Lifetime { from: 30, gone: None, names: "log-text-info-buffer-size log-text-split-stream" },
    Lifetime {
        from: 31,
        gone: None,
        names: "disable-http2-serving emulated-version storage-initialization-timeout",
    },
    Lifetime {
        from: 32,
        gone: None,
        names: "requestheader-uid-headers service-account-signing-endpoint",
    },
    Lifetime {
        from: 33,
        gone: None,
        names: "\
            emulation-forward-compatible runtime-config-emulation-forward-compatible",
    },
    Lifetime {
        from: 34,
        gone: None,
        names: "\
            coordinated-leadership-lease-duration coordinated-leadership-renew-deadline \
            coordinated-leadership-retry-period",
    },
    Lifetime { from: 35, gone: None, names: "min-compatibility-version" },
    Lifetime { from: 36, gone: None, names: "tls-curve-preferences" },
];
