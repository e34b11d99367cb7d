//! Who issues tokens of a known shape or under known names, and where they are revoked.

use crate::kind::Label;

pub(crate) const ADAFRUIT: Label = Label {
    name: "adafruit-token",
    title: "Adafruit key",
    mend: "Regenerate it at io.adafruit.com",
};
pub(crate) const AGE: Label = Label {
    name: "age-token",
    title: "age identity",
    mend: "Make a new identity and re-encrypt what the old one could read",
};
pub(crate) const ALIBABA: Label = Label {
    name: "alibaba-token",
    title: "Alibaba Cloud access key id",
    mend: "Disable it in RAM, AccessKey",
};
pub(crate) const ANTHROPIC: Label = Label {
    name: "anthropic-token",
    title: "Anthropic key",
    mend: "Delete it in the Anthropic console, API keys",
};
pub(crate) const ARTIFACTORY: Label = Label {
    name: "artifactory-token",
    title: "Artifactory key",
    mend: "Revoke it in JFrog, User profile",
};
pub(crate) const ATLASSIAN: Label = Label {
    name: "atlassian-token",
    title: "Atlassian token",
    mend: "Revoke it at id.atlassian.com, API tokens",
};
pub(crate) const BUILDKITE: Label = Label {
    name: "buildkite-token",
    title: "Buildkite token",
    mend: "Revoke it in Buildkite, API Access Tokens",
};
pub(crate) const CIRCLECI: Label = Label {
    name: "circleci-token",
    title: "CircleCI token",
    mend: "Delete it in CircleCI, Personal API Tokens",
};
pub(crate) const CLOJARS: Label = Label {
    name: "clojars-token",
    title: "Clojars token",
    mend: "Disable it at clojars.org, Deploy Tokens",
};
pub(crate) const CLOUDFLARE: Label = Label {
    name: "cloudflare-token",
    title: "Cloudflare key",
    mend: "Roll it in Cloudflare, API Tokens",
};
pub(crate) const CONTENTFUL: Label = Label {
    name: "contentful-token",
    title: "Contentful token",
    mend: "Revoke it in Contentful, CMA tokens",
};
pub(crate) const CRATES_IO: Label = Label {
    name: "crates-io-token",
    title: "crates.io token",
    mend: "Revoke it at crates.io, API Tokens",
};
pub(crate) const DATABRICKS: Label = Label {
    name: "databricks-token",
    title: "Databricks token",
    mend: "Revoke it in Databricks, Developer, Access tokens",
};
pub(crate) const DATADOG: Label = Label {
    name: "datadog-token",
    title: "Datadog key",
    mend: "Revoke it in Datadog, Organization Settings, API Keys",
};
pub(crate) const DEEPSEEK: Label = Label {
    name: "deepseek-token",
    title: "DeepSeek or compatible key",
    mend: "Delete it at the provider of the model",
};
pub(crate) const DIGITALOCEAN: Label = Label {
    name: "digitalocean-token",
    title: "DigitalOcean token",
    mend: "Delete it in the DigitalOcean control panel, API",
};
pub(crate) const DISCORD: Label = Label {
    name: "discord-token",
    title: "Discord webhook",
    mend: "Delete the webhook in the Discord channel settings",
};
pub(crate) const DOCKERHUB: Label = Label {
    name: "dockerhub-token",
    title: "Docker Hub token",
    mend: "Delete it in Docker Hub, Personal access tokens",
};
pub(crate) const DOPPLER: Label =
    Label { name: "doppler-token", title: "Doppler token", mend: "Revoke it in Doppler, Access" };
pub(crate) const DUFFEL: Label =
    Label { name: "duffel-token", title: "Duffel token", mend: "Revoke it in Duffel, Developers" };
pub(crate) const DYNATRACE: Label = Label {
    name: "dynatrace-token",
    title: "Dynatrace token",
    mend: "Revoke it in Dynatrace, Access tokens",
};
pub(crate) const EASYPOST: Label = Label {
    name: "easypost-token",
    title: "EasyPost key",
    mend: "Disable it in EasyPost, API Keys",
};
pub(crate) const ELASTIC: Label = Label {
    name: "elastic-token",
    title: "Elastic Cloud key",
    mend: "Delete it in Elastic Cloud, API keys",
};
pub(crate) const FASTLY: Label =
    Label { name: "fastly-token", title: "Fastly token", mend: "Delete it in Fastly, API tokens" };
pub(crate) const FIGMA: Label =
    Label { name: "figma-token", title: "Figma token", mend: "Revoke it in Figma, Security" };
pub(crate) const FLUTTERWAVE: Label = Label {
    name: "flutterwave-token",
    title: "Flutterwave key",
    mend: "Regenerate it in Flutterwave, API",
};
pub(crate) const FLY: Label =
    Label { name: "fly-token", title: "Fly.io token", mend: "fly tokens revoke" };
pub(crate) const FRAMEIO: Label = Label {
    name: "frameio-token",
    title: "Frame.io token",
    mend: "Delete it at developer.frame.io",
};
pub(crate) const GITHUB: Label = Label {
    name: "github-token",
    title: "GitHub token",
    mend: "Revoke it in GitHub, Settings, Developer settings",
};
pub(crate) const GITLAB: Label = Label {
    name: "gitlab-token",
    title: "GitLab token",
    mend: "Revoke it in GitLab, Access tokens (runners: CI/CD settings)",
};
pub(crate) const GOOGLE_API: Label = Label {
    name: "google-api-token",
    title: "Google API key",
    mend: "Regenerate it in Google Cloud, APIs and Services, Credentials",
};
pub(crate) const GOOGLE_OAUTH: Label = Label {
    name: "google-oauth-token",
    title: "Google OAuth secret",
    mend: "Reset it in Google Cloud, APIs and Services, Credentials",
};
pub(crate) const GRAFANA: Label = Label {
    name: "grafana-token",
    title: "Grafana token",
    mend: "Delete it in Grafana, Service accounts or Access policies",
};
pub(crate) const GROQ: Label = Label {
    name: "groq-token",
    title: "Groq key",
    mend: "Delete it in the Groq console, API Keys",
};
pub(crate) const HEROKU: Label = Label {
    name: "heroku-token",
    title: "Heroku key",
    mend: "Regenerate it in Heroku, Account settings",
};
pub(crate) const HUGGINGFACE: Label = Label {
    name: "huggingface-token",
    title: "Hugging Face token",
    mend: "Invalidate it at huggingface.co, Settings, Access Tokens",
};
pub(crate) const INFRACOST: Label = Label {
    name: "infracost-token",
    title: "Infracost key",
    mend: "Rotate it in Infracost, Org settings",
};
pub(crate) const LANGSMITH: Label = Label {
    name: "langsmith-token",
    title: "LangSmith key",
    mend: "Delete it in LangSmith, API Keys",
};
pub(crate) const LINEAR: Label =
    Label { name: "linear-token", title: "Linear key", mend: "Revoke it in Linear, Settings, API" };
pub(crate) const MAILCHIMP: Label = Label {
    name: "mailchimp-token",
    title: "Mailchimp key",
    mend: "Revoke it in Mailchimp, API keys",
};
pub(crate) const MAILGUN: Label = Label {
    name: "mailgun-token",
    title: "Mailgun key",
    mend: "Reset it in Mailgun, API security",
};
pub(crate) const NETLIFY: Label = Label {
    name: "netlify-token",
    title: "Netlify token",
    mend: "Revoke it in Netlify, Applications",
};
pub(crate) const NEWRELIC: Label = Label {
    name: "newrelic-token",
    title: "New Relic key",
    mend: "Delete it in New Relic, API keys",
};
pub(crate) const NOTION: Label = Label {
    name: "notion-token",
    title: "Notion token",
    mend: "Refresh it in Notion, My integrations",
};
pub(crate) const NPM: Label =
    Label { name: "npm-token", title: "npm token", mend: "Revoke it at npmjs.com, Access Tokens" };
pub(crate) const NVIDIA: Label =
    Label { name: "nvidia-token", title: "NVIDIA key", mend: "Delete it in NGC, API keys" };
pub(crate) const OKTA: Label =
    Label { name: "okta-token", title: "Okta token", mend: "Revoke it in Okta, Security, API" };
pub(crate) const ONEPASSWORD: Label = Label {
    name: "onepassword-token",
    title: "1Password service account token",
    mend: "Revoke it in 1Password, Integrations",
};
pub(crate) const OPENAI: Label = Label {
    name: "openai-token",
    title: "OpenAI key",
    mend: "Revoke it at platform.openai.com, API keys",
};
pub(crate) const OPENROUTER: Label = Label {
    name: "openrouter-token",
    title: "OpenRouter key",
    mend: "Delete it at openrouter.ai, Keys",
};
pub(crate) const OPENSHIFT: Label = Label {
    name: "openshift-token",
    title: "OpenShift token",
    mend: "oc delete oauthaccesstoken, or oc logout",
};
pub(crate) const PAGERDUTY: Label = Label {
    name: "pagerduty-token",
    title: "PagerDuty key",
    mend: "Delete it in PagerDuty, API Access Keys",
};
pub(crate) const PERPLEXITY: Label = Label {
    name: "perplexity-token",
    title: "Perplexity key",
    mend: "Revoke it at perplexity.ai, API",
};
pub(crate) const PINECONE: Label = Label {
    name: "pinecone-token",
    title: "Pinecone key",
    mend: "Delete it in Pinecone, API keys",
};
pub(crate) const PLANETSCALE: Label = Label {
    name: "planetscale-token",
    title: "PlanetScale token",
    mend: "Delete it in PlanetScale, Service tokens",
};
pub(crate) const POSTMAN: Label =
    Label { name: "postman-token", title: "Postman key", mend: "Revoke it in Postman, API keys" };
pub(crate) const PREFECT: Label = Label {
    name: "prefect-token",
    title: "Prefect key",
    mend: "Delete it in Prefect Cloud, API keys",
};
pub(crate) const PULUMI: Label = Label {
    name: "pulumi-token",
    title: "Pulumi token",
    mend: "Delete it in Pulumi Cloud, Access Tokens",
};
pub(crate) const PYPI: Label = Label {
    name: "pypi-token",
    title: "PyPI token",
    mend: "Remove it at pypi.org, Account settings, API tokens",
};
pub(crate) const RANCHER: Label = Label {
    name: "rancher-token",
    title: "Rancher token",
    mend: "Delete it in Rancher, Account and API Keys",
};
pub(crate) const README: Label =
    Label { name: "readme-token", title: "ReadMe key", mend: "Delete it in ReadMe, API Keys" };
pub(crate) const RENDER: Label =
    Label { name: "render-token", title: "Render key", mend: "Revoke it in Render, API Keys" };
pub(crate) const REPLICATE: Label = Label {
    name: "replicate-token",
    title: "Replicate token",
    mend: "Disable it at replicate.com, API tokens",
};
pub(crate) const RUBYGEMS: Label = Label {
    name: "rubygems-token",
    title: "RubyGems key",
    mend: "Delete it at rubygems.org, API keys",
};
pub(crate) const SCALINGO: Label = Label {
    name: "scalingo-token",
    title: "Scalingo token",
    mend: "Revoke it in Scalingo, API tokens",
};
pub(crate) const SENDGRID: Label = Label {
    name: "sendgrid-token",
    title: "SendGrid key",
    mend: "Delete it in SendGrid, Settings, API Keys",
};
pub(crate) const SENDINBLUE: Label = Label {
    name: "sendinblue-token",
    title: "Brevo key",
    mend: "Delete it in Brevo, SMTP and API",
};
pub(crate) const SENTRY: Label =
    Label { name: "sentry-token", title: "Sentry token", mend: "Revoke it in Sentry, Auth Tokens" };
pub(crate) const SHIPPO: Label =
    Label { name: "shippo-token", title: "Shippo token", mend: "Regenerate it in Shippo, API" };
pub(crate) const SHOPIFY: Label = Label {
    name: "shopify-token",
    title: "Shopify token",
    mend: "Rotate it in the Shopify admin, Apps",
};
pub(crate) const SLACK: Label = Label {
    name: "slack-token",
    title: "Slack token or webhook",
    mend: "Revoke it in the Slack app settings, OAuth and Permissions",
};
pub(crate) const SONAR: Label = Label {
    name: "sonar-token",
    title: "SonarQube token",
    mend: "Revoke it in SonarQube, My Account, Security",
};
pub(crate) const SPLUNK: Label = Label {
    name: "splunk-token",
    title: "Splunk HEC token",
    mend: "Delete it in Splunk, HTTP Event Collector",
};
pub(crate) const SQUARE: Label = Label {
    name: "square-token",
    title: "Square token",
    mend: "Replace it in the Square developer dashboard",
};
pub(crate) const STRIPE: Label = Label {
    name: "stripe-token",
    title: "Stripe key",
    mend: "Roll it in the Stripe dashboard, Developers, API keys",
};
pub(crate) const SUPABASE: Label = Label {
    name: "supabase-token",
    title: "Supabase token",
    mend: "Revoke it in Supabase, Access Tokens",
};
pub(crate) const TAILSCALE: Label = Label {
    name: "tailscale-token",
    title: "Tailscale key",
    mend: "Revoke it in the Tailscale admin console, Keys",
};
pub(crate) const TELEGRAM: Label = Label {
    name: "telegram-token",
    title: "Telegram bot token",
    mend: "Send /revoke to BotFather",
};
pub(crate) const TERRAFORM: Label = Label {
    name: "terraform-token",
    title: "Terraform Cloud token",
    mend: "Revoke it in HCP Terraform, Tokens",
};
pub(crate) const TWILIO: Label = Label {
    name: "twilio-token",
    title: "Twilio key",
    mend: "Delete it in the Twilio console, API keys",
};
pub(crate) const TYPEFORM: Label = Label {
    name: "typeform-token",
    title: "Typeform token",
    mend: "Delete it in Typeform, Personal tokens",
};
pub(crate) const VAULT: Label = Label {
    name: "vault-token",
    title: "Vault token",
    mend: "vault token revoke; let workloads log in with their service account",
};
pub(crate) const VERCEL: Label =
    Label { name: "vercel-token", title: "Vercel token", mend: "Delete it in Vercel, Tokens" };
pub(crate) const XAI: Label =
    Label { name: "xai-token", title: "xAI key", mend: "Delete it in the xAI console, API keys" };
pub(crate) const YANDEX: Label =
    Label { name: "yandex-token", title: "Yandex Cloud key", mend: "yc iam api-key delete" };

pub(crate) const SWARM: Label = Label {
    name: "docker-swarm-token",
    title: "Docker Swarm join token",
    mend: "docker swarm join-token --rotate worker, and manager",
};
