//! What a leaked secret is: a stable name, a title for people, and where it is replaced.

/// What is said of a kind of secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label {
    /// The stable name, in lower case with hyphens: `github-token`.
    pub name: &'static str,
    /// For people: `GitHub token`.
    pub title: &'static str,
    /// Where it is revoked and issued anew.
    pub mend: &'static str,
}

/// How a private key is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PemKey {
    /// PKCS #1.
    Rsa,
    /// SEC 1.
    Ec,
    /// DSA.
    Dsa,
    /// PKCS #8.
    Pkcs8,
    /// OpenSSH's own.
    OpenSsh,
    /// That of PGP.
    Pgp,
    /// Any of these under a passphrase.
    Encrypted,
}

/// What a leaked secret is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeakKind {
    /// A private key.
    PrivateKey(PemKey),
    /// A token whose shape tells who issued it.
    ProviderToken(&'static Label),
    /// A kubeconfig with a key, token or password in it.
    Kubeconfig,
    /// A JSON web token of a Kubernetes service account.
    ServiceAccountToken,
    /// Any other JSON web token.
    Jwt,
    /// A kubeadm bootstrap token.
    BootstrapToken,
    /// An AWS access key id without its secret.
    AwsAccessKeyId,
    /// An AWS access key id and its secret.
    AwsKeyPair,
    /// An AWS secret access key without its id.
    AwsSecretKey,
    /// The key file of a Google Cloud service account.
    GcpServiceAccount,
    /// The client secret of an Entra application.
    AzureClientSecret,
    /// An Azure connection string or shared access signature.
    AzureConnectionString,
    /// The key of an Azure storage account.
    AzureStorageKey,
    /// Registry credentials as Docker keeps them.
    DockerAuth,
    /// A URL with a password.
    UrlPassword,
    /// A database connection string with a password.
    DatabasePassword,
    /// A key of an `EncryptionConfiguration`.
    EncryptionKey,
    /// A key of an `EncryptionConfiguration` that stands in documentation.
    PublishedExampleKey,
    /// A value of an `Authorization` header.
    AuthorizationHeader,
    /// A hash of a password.
    PasswordHash,
    /// A password by its name.
    Password,
    /// Another credential by its name.
    Credential,
}

impl LeakKind {
    /// The stable name, in lower case with hyphens.
    pub fn name(self) -> &'static str {
        self.label().name
    }

    /// The title for people.
    pub fn title(self) -> &'static str {
        self.label().title
    }

    /// What to do: where it is revoked or replaced.
    pub fn mend(self) -> &'static str {
        self.label().mend
    }

    fn label(self) -> &'static Label {
        match self {
            Self::PrivateKey(key) => key.label(),
            Self::ProviderToken(label) => label,
            Self::Kubeconfig => &KUBECONFIG,
            Self::ServiceAccountToken => &SERVICE_ACCOUNT_TOKEN,
            Self::Jwt => &JWT,
            Self::BootstrapToken => &BOOTSTRAP_TOKEN,
            Self::AwsAccessKeyId => &AWS_ACCESS_KEY_ID,
            Self::AwsKeyPair => &AWS_KEY_PAIR,
            Self::AwsSecretKey => &AWS_SECRET_KEY,
            Self::GcpServiceAccount => &GCP_SERVICE_ACCOUNT,
            Self::AzureClientSecret => &AZURE_CLIENT_SECRET,
            Self::AzureConnectionString => &AZURE_CONNECTION_STRING,
            Self::AzureStorageKey => &AZURE_STORAGE_KEY,
            Self::DockerAuth => &DOCKER_AUTH,
            Self::UrlPassword => &URL_PASSWORD,
            Self::DatabasePassword => &DATABASE_PASSWORD,
            Self::EncryptionKey => &ENCRYPTION_KEY,
            Self::PublishedExampleKey => &PUBLISHED_EXAMPLE_KEY,
            Self::AuthorizationHeader => &AUTHORIZATION_HEADER,
            Self::PasswordHash => &PASSWORD_HASH,
            Self::Password => &PASSWORD,
            Self::Credential => &CREDENTIAL,
        }
    }
}

impl PemKey {
    fn label(self) -> &'static Label {
        match self {
            Self::Rsa => &RSA_KEY,
            Self::Ec => &EC_KEY,
            Self::Dsa => &DSA_KEY,
            Self::Pkcs8 => &PKCS8_KEY,
            Self::OpenSsh => &OPEN_SSH_KEY,
            Self::Pgp => &PGP_KEY,
            Self::Encrypted => &ENCRYPTED_KEY,
        }
    }
}

const AWS: &str =
    "Delete the key in IAM, Users, Security credentials; use IRSA or EKS Pod Identity";
const ENCRYPTION: &str = "Add a new key, rewrite all Secrets, then remove this one; or use KMS v2";
const KEY: &str = "Make a new key, have its certificate issued anew, and revoke the old one";

const KUBECONFIG: Label = Label {
    name: "kubeconfig",
    title: "kubeconfig with credentials",
    mend: "Delete the user's binding or rotate its token; a client certificate stays valid until it expires",
};
const SERVICE_ACCOUNT_TOKEN: Label = Label {
    name: "service-account-token",
    title: "Kubernetes service account token",
    mend: "Delete the token Secret or recreate the service account; use projected tokens",
};
const JWT: Label = Label {
    name: "jwt",
    title: "JSON web token",
    mend: "Revoke it at its issuer; let the workload fetch short-lived ones",
};
const BOOTSTRAP_TOKEN: Label = Label {
    name: "bootstrap-token",
    title: "kubeadm bootstrap token",
    mend: "kubeadm token delete, then kubeadm token create --ttl 1h",
};
const AWS_ACCESS_KEY_ID: Label =
    Label { name: "aws-access-key-id", title: "AWS access key id", mend: AWS };
const AWS_KEY_PAIR: Label =
    Label { name: "aws-key-pair", title: "AWS access key with its secret", mend: AWS };
const AWS_SECRET_KEY: Label =
    Label { name: "aws-secret-key", title: "AWS secret access key", mend: AWS };
const GCP_SERVICE_ACCOUNT: Label = Label {
    name: "gcp-service-account",
    title: "Google Cloud service account key",
    mend: "Delete the key in IAM, Service accounts, Keys; use Workload Identity",
};
const AZURE_CLIENT_SECRET: Label = Label {
    name: "azure-client-secret",
    title: "Azure client secret",
    mend: "Remove it in Entra ID, App registrations, Certificates and secrets; use workload identity",
};
const AZURE_CONNECTION_STRING: Label = Label {
    name: "azure-connection-string",
    title: "Azure connection string",
    mend: "Regenerate the access key of that resource in the Azure portal; use workload identity",
};
const AZURE_STORAGE_KEY: Label = Label {
    name: "azure-storage-key",
    title: "Azure storage account key",
    mend: "Rotate it under Storage account, Access keys; use workload identity",
};
const DOCKER_AUTH: Label = Label {
    name: "docker-auth",
    title: "registry credentials",
    mend: "Change the password or revoke the token at the registry",
};
const URL_PASSWORD: Label = Label {
    name: "url-password",
    title: "URL with a password",
    mend: "Change the password at that service; keep it in a Secret",
};
const DATABASE_PASSWORD: Label = Label {
    name: "database-password",
    title: "database connection string with a password",
    mend: "Change the database user's password; keep the string in a Secret",
};
const ENCRYPTION_KEY: Label =
    Label { name: "encryption-key", title: "key of an EncryptionConfiguration", mend: ENCRYPTION };
const PUBLISHED_EXAMPLE_KEY: Label = Label {
    name: "published-example-key",
    title: "encryption key copied from documentation",
    mend: ENCRYPTION,
};
const AUTHORIZATION_HEADER: Label = Label {
    name: "authorization-header",
    title: "value of an Authorization header",
    mend: "Revoke the credential at the service it is sent to; keep it in a Secret",
};
const PASSWORD_HASH: Label = Label {
    name: "password-hash",
    title: "hash of a password",
    mend: "Change the password; keep its hash in a Secret",
};
const PASSWORD: Label = Label {
    name: "password",
    title: "password by its name",
    mend: "Change the password; keep it in a Secret and refer to it",
};
const CREDENTIAL: Label = Label {
    name: "credential",
    title: "credential by its name",
    mend: "Replace it where it was issued; keep it in a Secret and refer to it",
};
const RSA_KEY: Label = Label { name: "private-key-rsa", title: "RSA private key", mend: KEY };
const EC_KEY: Label = Label { name: "private-key-ec", title: "EC private key", mend: KEY };
const DSA_KEY: Label = Label { name: "private-key-dsa", title: "DSA private key", mend: KEY };
const PKCS8_KEY: Label =
    Label { name: "private-key-pkcs8", title: "PKCS #8 private key", mend: KEY };
const OPEN_SSH_KEY: Label = Label {
    name: "private-key-openssh",
    title: "OpenSSH private key",
    mend: "Make a new key pair; remove the old public key wherever it is authorized",
};
const PGP_KEY: Label = Label {
    name: "private-key-pgp",
    title: "OpenPGP private key",
    mend: "Publish a revocation and make a new key",
};
const ENCRYPTED_KEY: Label =
    Label { name: "private-key-encrypted", title: "private key under a passphrase", mend: KEY };
