//! Publishing, comparing and restoring versions.

use callboard_contract::{
    SkillbaseCompare, SkillbaseComparison, SkillbaseDiff, SkillbaseDiffRequest, SkillbasePublish, SkillbasePublished,
    SkillbaseRestore, SkillbaseSide, SkillbaseVersionDetail, SkillbaseVersionView,
};
use callboard_core::{
    field::FieldErrors,
    id::{CompanyId, SkillbaseId},
    skillbase::{
        SkillbaseDocument,
        diff::{self as differences, Merge},
    },
};
use callboard_db::{
    PgConnection,
    skillbases::{self as rows, NewVersion, Version},
};

use super::{check_document, load, lock};
use crate::{
    context::{Context, commit},
    error::{OrFault, UseCase, not_found},
    events,
};

fn view(version: Version) -> SkillbaseVersionView {
    SkillbaseVersionView {
        version: version.version,
        hash: version.hash,
        note: version.note,
        restored_from: version.restored_from,
        published_at: version.published_at,
        campaign_count: version.campaign_count,
        call_count: version.call_count,
    }
}

/// Published versions, newest first.
///
/// # Errors
/// When the database is away.
pub async fn versions(context: &Context, company: CompanyId, id: SkillbaseId) -> UseCase<Vec<SkillbaseVersionView>> {
    let mut db = context.connection().await.or_fault(context)?;
    Ok(rows::versions(&mut db, company, id).await.or_fault(context)?.into_iter().map(view).collect())
}

/// One version with its document.
///
/// # Errors
/// `not_found`.
pub async fn version(
    context: &Context,
    company: CompanyId,
    id: SkillbaseId,
    version: i32,
) -> UseCase<SkillbaseVersionDetail> {
    let mut db = context.connection().await.or_fault(context)?;
    let found = rows::version(&mut db, company, id, version).await.or_fault(context)?;
    let found = found.ok_or_else(|| not_found("version"))?;
    let document = document(&mut db, context, company, id, version).await?;
    Ok(SkillbaseVersionDetail { version: view(found), document })
}

async fn document(
    db: &mut PgConnection,
    context: &Context,
    company: CompanyId,
    id: SkillbaseId,
    version: i32,
) -> UseCase<SkillbaseDocument> {
    // Version 0 is nothing: everything in a document that was never published is new.
    if version == 0 {
        return Ok(SkillbaseDocument::default());
    }
    rows::document(db, company, id, version).await.or_fault(context)?.ok_or_else(|| not_found("version"))
}

/// What changed between two documents. Two documents of the editor need no database.
///
/// # Errors
/// `not_found` for a version that does not exist.
pub async fn diff(context: UseCase<Context>, request: SkillbaseDiffRequest) -> UseCase<SkillbaseDiff> {
    let (company, id) = (CompanyId(request.company_id), SkillbaseId(request.skillbase_id));
    let mut sides = Vec::with_capacity(2);
    for side in [request.before, request.after] {
        sides.push(match side {
            SkillbaseSide::Document { document } => document,
            SkillbaseSide::Version { version } => {
                let context = context.clone()?;
                let mut db = context.connection().await.or_fault(&context)?;
                document(&mut db, &context, company, id, version).await?
            }
        });
    }
    Ok(SkillbaseDiff { changes: differences::diff(&sides[0], &sides[1]) })
}

async fn comparison(
    db: &mut PgConnection,
    context: &Context,
    (company, id): (CompanyId, SkillbaseId),
    (base_version, their_version): (i32, i32),
    mine: &SkillbaseDocument,
) -> UseCase<SkillbaseComparison> {
    let base = document(db, context, company, id, base_version).await?;
    let theirs = document(db, context, company, id, their_version).await?;
    let published = rows::version(db, company, id, their_version).await.or_fault(context)?;
    let Merge { merged, conflicts } = differences::merge(&base, mine, &theirs);
    Ok(SkillbaseComparison {
        base_version,
        their_version,
        their_published_at: published.map(|version| version.published_at),
        mine: differences::diff(&base, mine),
        theirs: differences::diff(&base, &theirs),
        conflicts,
        their_document: theirs,
        merged,
    })
}

/// What publishing a document would meet.
///
/// # Errors
/// `not_found`.
pub async fn compare(context: &Context, request: SkillbaseCompare) -> UseCase<SkillbaseComparison> {
    let (company, id) = (CompanyId(request.company_id), SkillbaseId(request.skillbase_id));
    let mut db = context.connection().await.or_fault(context)?;
    let skillbase = rows::get(&mut db, company, id).await.or_fault(context)?.ok_or_else(|| not_found("skillbase"))?;
    let versions = (request.base_version, skillbase.version);
    comparison(&mut db, context, (company, id), versions, &request.document).await
}

/// Publishes a document as the next version (acceptance 26). When somebody has published since the version that the person
/// has seen, nothing is stored and both changes come back. A document that says the same as the newest version makes none.
///
/// # Errors
/// Refused fields, the errors of the document under `document.`; `not_found`; `conflict` when it was put away.
pub async fn publish(context: &Context, request: SkillbasePublish) -> UseCase<SkillbasePublished> {
    let mut errors = FieldErrors::default();
    errors.check_text("note", &request.note, 0, 500);
    check_document(&request.document, &mut errors);
    errors.into_result()?;
    let (company, id) = (CompanyId(request.company_id), SkillbaseId(request.skillbase_id));
    let new = NewVersion {
        after: request.base_version,
        document: &request.document,
        note: request.note.trim(),
        restored_from: None,
    };
    put(context, company, id, new).await
}

/// Publishes the document of an earlier version again, as the newest (acceptance 26).
///
/// # Errors
/// As [`publish`].
pub async fn restore(context: &Context, request: SkillbaseRestore) -> UseCase<SkillbasePublished> {
    let (company, id) = (CompanyId(request.company_id), SkillbaseId(request.skillbase_id));
    let mut db = context.connection().await.or_fault(context)?;
    let earlier = document(&mut db, context, company, id, request.version.max(1)).await?;
    drop(db);
    let new =
        NewVersion { after: request.base_version, document: &earlier, note: "", restored_from: Some(request.version) };
    put(context, company, id, new).await
}

async fn put(
    context: &Context,
    company: CompanyId,
    id: SkillbaseId,
    new: NewVersion<'_>,
) -> UseCase<SkillbasePublished> {
    let mut tx = context.begin().await.or_fault(context)?;
    let newest = lock(&mut tx, context, company, id).await?.version;
    if newest != new.after {
        let versions = (new.after, newest);
        let comparison = comparison(&mut tx, context, (company, id), versions, new.document).await?;
        return Ok(SkillbasePublished::Conflict { comparison });
    }
    let same = rows::document(&mut tx, company, id, newest).await.or_fault(context)?.as_ref() == Some(new.document);
    if !same {
        rows::publish(&mut tx, company, id, new).await.or_fault(context)?;
    }
    if new.restored_from.is_none() {
        rows::discard_draft(&mut tx, company, id).await.or_fault(context)?;
    }
    events::announce(&mut tx, Some(company), &["skillbases", "campaigns"]).await.or_fault(context)?;
    let skillbase = load(&mut tx, context, company, id).await?;
    commit(tx).await.or_fault(context)?;
    Ok(if same { SkillbasePublished::Unchanged { skillbase } } else { SkillbasePublished::Published { skillbase } })
}
