//! The values of strings that have few of them: what the JSON schema does not say.
//!
//! From the constants in `staging/src/k8s.io/api` and `apimachinery` (v1.31).

/// Go type as in [`crate::go_types`], then its values by the alphabet. The empty value, where Go
/// has a constant for it, is left out: nobody writes it.
pub(crate) const VALUES: &[(&str, &[&str])] = &[
    ("AppArmorProfileType", &["Localhost", "RuntimeDefault", "Unconfined"]),
    ("ConditionStatus", &["False", "True", "Unknown"]),
    ("ContainerRestartPolicy", &["Always"]),
    ("DNSPolicy", &["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"]),
    ("DaemonSetUpdateStrategyType", &["OnDelete", "RollingUpdate"]),
    ("DeploymentStrategyType", &["Recreate", "RollingUpdate"]),
    (
        "HostPathType",
        &[
            "BlockDevice",
            "CharDevice",
            "Directory",
            "DirectoryOrCreate",
            "File",
            "FileOrCreate",
            "Socket",
        ],
    ),
    ("LabelSelectorOperator", &["DoesNotExist", "Exists", "In", "NotIn"]),
    ("MountPropagationMode", &["Bidirectional", "HostToContainer", "None"]),
    ("NodeInclusionPolicy", &["Honor", "Ignore"]),
    ("NodeSelectorOperator", &["DoesNotExist", "Exists", "Gt", "In", "Lt", "NotIn"]),
    (
        "PersistentVolumeAccessMode",
        &["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"],
    ),
    ("PersistentVolumeMode", &["Block", "Filesystem"]),
    ("PodFSGroupChangePolicy", &["Always", "OnRootMismatch"]),
    ("PreemptionPolicy", &["Never", "PreemptLowerPriority"]),
    ("ProcMountType", &["Default", "Unmasked"]),
    ("Protocol", &["SCTP", "TCP", "UDP"]),
    ("PullPolicy", &["Always", "IfNotPresent", "Never"]),
    ("RecursiveReadOnlyMode", &["Disabled", "Enabled", "IfPossible"]),
    ("ResourceResizeRestartPolicy", &["NotRequired", "RestartContainer"]),
    ("RestartPolicy", &["Always", "Never", "OnFailure"]),
    ("SeccompProfileType", &["Localhost", "RuntimeDefault", "Unconfined"]),
    ("StorageMedium", &["Memory"]),
    ("SupplementalGroupsPolicy", &["Merge", "Strict"]),
    ("TaintEffect", &["NoExecute", "NoSchedule", "PreferNoSchedule"]),
    ("TerminationMessagePolicy", &["FallbackToLogsOnError", "File"]),
    ("TolerationOperator", &["Equal", "Exists"]),
    ("URIScheme", &["HTTP", "HTTPS"]),
    ("UnsatisfiableConstraintAction", &["DoNotSchedule", "ScheduleAnyway"]),
];
