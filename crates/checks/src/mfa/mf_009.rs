//! MF-009: identities of AWS that come in without a second factor.

use inventory::{File, Kind, Object, Unknown};
use tree::{Keys, Path, Tree, documents, read};

use super::BASE;
use crate::example::{Example, ExampleFile, Expected};
use crate::{About, Check, Fix, Judge, Problem, Reference, Seen, Severity, Tally, Verdict};

pub(crate) const MF_009: Check = Check {
    id: "MF-009",
    name: "aws-without-mfa",
    title: "An identity of AWS comes in without a second factor",
    severities: &[Severity::Medium],
    why: "The access key of an IAM user lasts for ever and asks for nothing else; and a role that may be taken without a second factor is as weak as the key that takes it.",
    fails: "The ConfigMap kube-system/aws-auth maps IAM users, or a trust policy among the files lets users or accounts take a role (sts:AssumeRole) without the condition aws:MultiFactorAuthPresent. Roles that services and nodes take pass. Which roles of people aws-auth maps is not enough to know: their trust policies must be given.",
    fix: Fix::Steps(
        "Take mapUsers out: kubectl -n kube-system edit configmap aws-auth. Let people take a role whose trust policy has\n\"Condition\": {\"Bool\": {\"aws:MultiFactorAuthPresent\": \"true\"}}\nand give that role access: aws eks create-access-entry --cluster-name CLUSTER --principal-arn ROLE.",
    ),
    references: &[Reference::Mitre("T1078.004"), Reference::Owasp("K08")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "a user with a key",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: aws-auth, namespace: kube-system}\ndata:\n  mapRoles: |\n    - rolearn: arn:aws:iam::111122223333:role/nodes\n      username: system:node:{{EC2PrivateDNSName}}\n      groups: [system:bootstrappers, system:nodes]\n  mapUsers: |\n    - userarn: arn:aws:iam::111122223333:user/jane\n      username: jane\n      groups: [system:masters]\n",
            )],
        ),
        Example::of(
            "a role that any user of the account may take",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::at(
                "trust.json",
                "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"arn:aws:iam::111122223333:root\"}, \"Action\": \"sts:AssumeRole\"}]}",
            )],
        ),
        Example::of(
            "with a second factor",
            Expected::Pass,
            &[ExampleFile::at(
                "trust.json",
                "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"arn:aws:iam::111122223333:root\"}, \"Action\": \"sts:AssumeRole\", \"Condition\": {\"Bool\": {\"aws:MultiFactorAuthPresent\": \"true\"}}}]}",
            )],
        ),
        Example::of(
            "nodes only",
            Expected::Pass,
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: aws-auth, namespace: kube-system}\ndata:\n  mapRoles: |\n    - {rolearn: 'arn:aws:iam::111122223333:role/nodes', username: 'system:node:{{EC2PrivateDNSName}}', groups: [system:bootstrappers, system:nodes]}\n",
            )],
        ),
        Example::of(
            "a role of people whose trust policy was not given",
            Expected::Unknown,
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: aws-auth, namespace: kube-system}\ndata:\n  mapRoles: |\n    - {rolearn: 'arn:aws:iam::111122223333:role/admins', username: admin, groups: [admins]}\n",
            )],
        ),
        Example::of("no cluster of AWS", Expected::NotApplicable, &[]),
        Example::of("nothing was listed", Expected::Unknown, &[]).partial(),
    ],
    ..BASE
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for file in seen.files() {
        of_file(file, &mut tally);
    }
    let has_policies = !tally.is_empty();
    match seen.find(Kind::CONFIG_MAP, "kube-system", "aws-auth") {
        Some(map) => of_map(map, has_policies, &mut tally),
        None if !has_policies => {
            seen.all_in(Kind::CONFIG_MAP, "kube-system")?;
            let why = "there is no aws-auth, and no trust policy was given".to_owned();
            return Ok(Verdict::NotApplicable(why).into());
        }
        None => {}
    }
    Ok(tally)
}

fn of_map(map: &Object, has_policies: bool, tally: &mut Tally) {
    let data = map.tree().get("data");
    let list = |key: &str| parsed(data.get(key).str());
    let users = list("mapUsers");
    let problems = users.items().iter().map(|user| {
        let arn = user.get("userarn").str();
        Problem::new(
            Severity::Medium,
            format!("{arn} comes in with the access key of an IAM user."),
        )
        .detail(arn)
        .evidence(format!("userarn: {arn}"))
        .at(Path::of(&["data", "mapUsers"]))
    });
    tally.add(About::object(map), Ok(Verdict::of(problems.collect())));
    let roles = list("mapRoles");
    let is_of_people = |role: &&Tree| !role.get("username").str().starts_with("system:");
    let role = roles.items().iter().find(is_of_people).map(|role| role.get("rolearn").str());
    if let Some(arn) = role.filter(|_| !has_policies) {
        let unknown = Unknown::new(
            format!("the trust policy of {arn} was not seen"),
            "give the policies as files: aws iam get-role --role-name ROLE --query Role.AssumeRolePolicyDocument",
        );
        tally.add_gap(About::object(map), unknown);
    }
}

fn of_file(file: &File, tally: &mut Tally) {
    let text = file.text.as_deref().filter(|text| text.contains("sts:AssumeRole"));
    let Some(tree) = text.map(parsed) else { return };
    let statements = tree.get("Statement");
    let statements =
        if statements.is_map() { std::slice::from_ref(statements) } else { statements.items() };
    let open = statements.iter().find(|one| is_of_people(one) && !asks_for_two(one));
    let problem = open.map(|statement| {
        let who = statement.at(&["Principal", "AWS"]);
        let who = who.text().or_else(|| who.texts().next()).unwrap_or("*").to_owned();
        Problem::new(
            Severity::Medium,
            format!("{who} may take the role of {} without a second factor.", file.name()),
        )
        .detail(who)
        .evidence("no condition aws:MultiFactorAuthPresent")
    });
    tally.add(About::file(file), Ok(problem.into()));
}

/// Whether a statement lets users or accounts take the role.
fn is_of_people(statement: &Tree) -> bool {
    let principal = statement.get("Principal");
    let is_allowed = statement.get("Effect").str() == "Allow";
    let action = statement.get("Action");
    let takes =
        action.str() == "sts:AssumeRole" || action.texts().any(|one| one == "sts:AssumeRole");
    is_allowed && takes && (principal.str() == "*" || !principal.get("AWS").is_null())
}

fn asks_for_two(statement: &Tree) -> bool {
    let value = statement.at(&["Condition", "Bool"]).get("aws:MultiFactorAuthPresent").plain();
    value.as_deref() == Some("true")
        || !statement.at(&["Condition", "NumericLessThan"]).get("aws:MultiFactorAuthAge").is_null()
}

fn parsed(text: &str) -> Tree {
    let document = documents(text).next();
    document.and_then(|one| read(one.text, &mut Keys::default()).ok()).unwrap_or_default()
}
