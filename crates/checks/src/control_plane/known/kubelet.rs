//! The flags of the kubelet from 1.20 to 1.37, as its sources register them, hidden ones included.

use super::Lifetime;

pub(super) const FLAGS: &[Lifetime] = &[
    Lifetime { from: 0, gone: Some(21), names: "enable-cadvisor-json-endpoints" },
    Lifetime { from: 0, gone: Some(22), names: "chaos-chance" },
    Lifetime {
        from: 0,
        gone: Some(23),
        names: "experimental-bootstrap-kubeconfig seccomp-profile-root",
    },
    Lifetime {
        from: 0,
        gone: Some(24),
        names: "\
            cni-bin-dir cni-cache-dir cni-conf-dir docker docker-endpoint \
            docker-env-metadata-whitelist docker-only docker-root docker-tls docker-tls-ca \
            docker-tls-cert docker-tls-key dynamic-config-dir \
            experimental-check-node-capabilities-before-mount \
            experimental-dockershim-root-directory experimental-logging-sanitization \
            image-pull-progress-deadline network-plugin network-plugin-mtu non-masquerade-cidr \
            really-crash-for-testing",
    },
    Lifetime { from: 0, gone: Some(25), names: "experimental-kernel-memcg-notification" },
    Lifetime {
        from: 0,
        gone: Some(26),
        names: "\
            add-dir-header alsologtostderr log-backtrace-at log-dir log-file log-file-max-size \
            logtostderr one-output skip-headers skip-log-headers stderrthreshold",
    },
    Lifetime { from: 0, gone: Some(27), names: "container-runtime master-service-namespace" },
    Lifetime {
        from: 0,
        gone: Some(31),
        names: "iptables-drop-bit iptables-masquerade-bit keep-terminated-pod-volumes",
    },
    Lifetime { from: 0, gone: Some(34), names: "cloud-config register-schedulable" },
    Lifetime { from: 0, gone: Some(35), names: "pod-infra-container-image" },
    Lifetime {
        from: 0,
        gone: Some(37),
        names: "\
            application-metrics-count-limit boot-id-file container-hints containerd \
            containerd-namespace enable-load-reader event-storage-age-limit \
            event-storage-event-limit global-housekeeping-interval housekeeping-interval \
            log-cadvisor-usage machine-id-file storage-driver-buffer-duration storage-driver-db \
            storage-driver-host storage-driver-password storage-driver-secure \
            storage-driver-table storage-driver-user",
    },
    Lifetime {
        from: 0,
        gone: None,
        names: "\
            address allowed-unsafe-sysctls anonymous-auth authentication-token-webhook \
            authentication-token-webhook-cache-ttl authorization-mode \
            authorization-webhook-cache-authorized-ttl \
            authorization-webhook-cache-unauthorized-ttl bootstrap-kubeconfig cert-dir \
            cgroup-driver cgroup-root cgroups-per-qos client-ca-file cloud-provider cluster-dns \
            cluster-domain config container-log-max-files container-log-max-size \
            container-runtime-endpoint contention-profiling cpu-cfs-quota cpu-cfs-quota-period \
            cpu-manager-policy cpu-manager-reconcile-period enable-controller-attach-detach \
            enable-debugging-handlers enable-server enforce-node-allocatable event-burst \
            event-qps eviction-hard eviction-max-pod-grace-period eviction-minimum-reclaim \
            eviction-pressure-transition-period eviction-soft eviction-soft-grace-period \
            exit-on-lock-contention experimental-allocatable-ignore-eviction \
            experimental-mounter-path fail-swap-on feature-gates file-check-frequency \
            hairpin-mode healthz-bind-address healthz-port help hostname-override \
            http-check-frequency image-credential-provider-bin-dir \
            image-credential-provider-config image-gc-high-threshold image-gc-low-threshold \
            image-service-endpoint kernel-memcg-notification kube-api-burst \
            kube-api-content-type kube-api-qps kube-reserved kube-reserved-cgroup kubeconfig \
            kubelet-cgroups lock-file log-flush-frequency logging-format \
            make-iptables-util-chains manifest-url manifest-url-header max-open-files max-pods \
            maximum-dead-containers maximum-dead-containers-per-container \
            minimum-container-ttl-duration minimum-image-ttl-duration node-ip node-labels \
            node-status-max-images node-status-update-frequency oom-score-adj pod-cidr \
            pod-manifest-path pod-max-pids pods-per-core port protect-kernel-defaults \
            provider-id qos-reserved read-only-port register-node register-with-taints \
            registry-burst registry-qps reserved-cpus resolv-conf root-dir rotate-certificates \
            rotate-server-certificates runonce runtime-cgroups runtime-request-timeout \
            serialize-image-pulls streaming-connection-idle-timeout sync-frequency \
            system-cgroups system-reserved system-reserved-cgroup tls-cert-file \
            tls-cipher-suites tls-min-version tls-private-key-file topology-manager-policy \
            topology-manager-scope v version vmodule volume-plugin-dir volume-stats-agg-period \
            windows-priorityclass windows-service",
    },
    Lifetime { from: 21, gone: None, names: "memory-manager-policy reserved-memory" },
    Lifetime { from: 22, gone: None, names: "cpu-manager-policy-options seccomp-default" },
    Lifetime { from: 23, gone: None, names: "log-json-info-buffer-size log-json-split-stream" },
    Lifetime { from: 25, gone: None, names: "local-storage-capacity-isolation" },
    Lifetime { from: 26, gone: None, names: "topology-manager-policy-options" },
    Lifetime { from: 28, gone: None, names: "config-dir" },
    Lifetime { from: 30, gone: None, names: "log-text-info-buffer-size log-text-split-stream" },
    Lifetime { from: 31, gone: None, names: "fail-cgroupv1" },
];
