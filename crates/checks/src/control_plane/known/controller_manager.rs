//! The flags of kube-controller-manager from 1.20 to 1.37, as its sources register them, hidden ones included.

use super::Lifetime;

pub(super) const FLAGS: &[Lifetime] = &[
    Lifetime { from: 0, gone: Some(22), names: "horizontal-pod-autoscaler-use-rest-clients" },
    Lifetime {
        from: 0,
        gone: Some(24),
        names: "\
            address deployment-controller-sync-period experimental-logging-sanitization port",
    },
    Lifetime {
        from: 0,
        gone: Some(25),
        names: "\
            deleting-pods-burst deleting-pods-qps experimental-cluster-signing-duration \
            register-retry-count",
    },
    Lifetime {
        from: 0,
        gone: Some(26),
        names: "\
            add-dir-header alsologtostderr log-backtrace-at log-dir log-file log-file-max-size \
            logtostderr one-output skip-headers skip-log-headers stderrthreshold",
    },
    Lifetime { from: 0, gone: Some(27), names: "enable-taint-manager pod-eviction-timeout" },
    Lifetime {
        from: 0,
        gone: Some(31),
        names: "\
            horizontal-pod-autoscaler-downscale-delay horizontal-pod-autoscaler-upscale-delay \
            volume-host-allow-local-loopback volume-host-cidr-denylist",
    },
    Lifetime {
        from: 0,
        gone: None,
        names: "\
            allocate-node-cidrs allow-untagged-cloud attach-detach-reconcile-sync-period \
            authentication-kubeconfig authentication-skip-lookup \
            authentication-token-webhook-cache-ttl authentication-tolerate-lookup-failure \
            authorization-always-allow-paths authorization-kubeconfig \
            authorization-webhook-cache-authorized-ttl \
            authorization-webhook-cache-unauthorized-ttl bind-address cert-dir \
            cidr-allocator-type client-ca-file cloud-config cloud-provider cluster-cidr \
            cluster-name cluster-signing-cert-file cluster-signing-duration \
            cluster-signing-key-file cluster-signing-kube-apiserver-client-cert-file \
            cluster-signing-kube-apiserver-client-key-file \
            cluster-signing-kubelet-client-cert-file cluster-signing-kubelet-client-key-file \
            cluster-signing-kubelet-serving-cert-file cluster-signing-kubelet-serving-key-file \
            cluster-signing-legacy-unknown-cert-file cluster-signing-legacy-unknown-key-file \
            concurrent-deployment-syncs concurrent-endpoint-syncs concurrent-gc-syncs \
            concurrent-namespace-syncs concurrent-rc-syncs concurrent-replicaset-syncs \
            concurrent-resource-quota-syncs concurrent-service-endpoint-syncs \
            concurrent-service-syncs concurrent-serviceaccount-token-syncs \
            concurrent-statefulset-syncs concurrent-ttl-after-finished-syncs \
            configure-cloud-routes contention-profiling controller-start-interval controllers \
            disable-attach-detach-reconcile-sync enable-dynamic-provisioning \
            enable-garbage-collector enable-hostpath-provisioner endpoint-updates-batch-period \
            endpointslice-updates-batch-period external-cloud-volume-plugin feature-gates \
            flex-volume-plugin-dir help horizontal-pod-autoscaler-cpu-initialization-period \
            horizontal-pod-autoscaler-downscale-stabilization \
            horizontal-pod-autoscaler-initial-readiness-delay \
            horizontal-pod-autoscaler-sync-period horizontal-pod-autoscaler-tolerance \
            http2-max-streams-per-connection kube-api-burst kube-api-content-type kube-api-qps \
            kubeconfig large-cluster-size-threshold leader-elect leader-elect-lease-duration \
            leader-elect-renew-deadline leader-elect-resource-lock leader-elect-resource-name \
            leader-elect-resource-namespace leader-elect-retry-period log-flush-frequency \
            logging-format master max-endpoints-per-slice min-resync-period \
            mirroring-concurrent-service-endpoint-syncs \
            mirroring-endpointslice-updates-batch-period mirroring-max-endpoints-per-subset \
            namespace-sync-period node-cidr-mask-size node-cidr-mask-size-ipv4 \
            node-cidr-mask-size-ipv6 node-eviction-rate node-monitor-grace-period \
            node-monitor-period node-startup-grace-period node-sync-period permit-port-sharing \
            profiling pv-recycler-increment-timeout-nfs pv-recycler-minimum-timeout-hostpath \
            pv-recycler-minimum-timeout-nfs pv-recycler-pod-template-filepath-hostpath \
            pv-recycler-pod-template-filepath-nfs pv-recycler-timeout-increment-hostpath \
            pvclaimbinder-sync-period requestheader-allowed-names requestheader-client-ca-file \
            requestheader-extra-headers-prefix requestheader-group-headers \
            requestheader-username-headers resource-quota-sync-period root-ca-file \
            route-reconciliation-period secondary-node-eviction-rate secure-port \
            service-account-private-key-file service-cluster-ip-range \
            show-hidden-metrics-for-version terminated-pod-gc-threshold tls-cert-file \
            tls-cipher-suites tls-min-version tls-private-key-file tls-sni-cert-key \
            unhealthy-zone-threshold use-service-account-credentials v version vmodule",
    },
    Lifetime {
        from: 21,
        gone: None,
        names: "\
            allow-metric-labels disabled-metrics enable-leader-migration leader-migration-config \
            permit-address-sharing",
    },
    Lifetime {
        from: 23,
        gone: None,
        names: "\
            concurrent-ephemeralvolume-syncs log-json-info-buffer-size log-json-split-stream",
    },
    Lifetime { from: 26, gone: None, names: "concurrent-horizontal-pod-autoscaler-syncs" },
    Lifetime {
        from: 28,
        gone: None,
        names: "\
            concurrent-cron-job-syncs concurrent-job-syncs \
            concurrent-validating-admission-policy-status-syncs \
            legacy-service-account-token-clean-up-period",
    },
    Lifetime { from: 29, gone: None, names: "allow-metric-labels-manifest" },
    Lifetime {
        from: 30,
        gone: None,
        names: "\
            disable-force-detach-on-timeout log-text-info-buffer-size log-text-split-stream",
    },
    Lifetime { from: 31, gone: None, names: "disable-http2-serving emulated-version" },
    Lifetime {
        from: 32,
        gone: None,
        names: "concurrent-daemonset-syncs requestheader-uid-headers",
    },
    Lifetime {
        from: 35,
        gone: None,
        names: "\
            concurrent-device-taint-eviction-syncs controller-shutdown-timeout \
            min-compatibility-version",
    },
    Lifetime {
        from: 36,
        gone: None,
        names: "concurrent-resourceclaim-syncs tls-curve-preferences",
    },
    Lifetime {
        from: 37,
        gone: None,
        names: "concurrent-disruption-syncs concurrent-node-lifecycle-syncs",
    },
];
