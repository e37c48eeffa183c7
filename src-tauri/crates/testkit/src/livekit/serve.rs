//! The double's HTTP side: routes, tokens, faults, methods. Owns what each method answers; calls run in `call`.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{ConnectInfo, Path, Query, State},
    http::{HeaderMap, Method, StatusCode, header::AUTHORIZATION},
    response::{Html, IntoResponse, Response},
    routing::{any, get, post},
};
use livekit_protocol as proto;
use prost::Message;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tokio::net::TcpListener;

use super::{
    agent,
    call::{self, Reply},
    script::{AgentScript, Fault},
    token::{self, Grants, Needs},
    twirp::{Codec, TwirpError},
    wire::{CuttableListener, Wire},
    world::{Request, World},
};

pub(super) async fn serve(listener: TcpListener, world: Arc<World>) {
    let routes = Router::new()
        .route("/twirp/{service}/{method}", any(twirp))
        .route("/settings/regions", get(regions))
        .route("/double/fault", post(set_fault))
        .route("/double/agent", post(set_agent))
        .route("/double/live", get(live))
        .fallback(async || TwirpError::new("bad_route", "no handler for this path"))
        .with_state(world)
        .into_make_service_with_connect_info::<Wire>();
    axum::serve(CuttableListener(listener), routes).await.expect("the accept loop never ends");
}

async fn twirp(
    State(world): State<Arc<World>>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    Path((service, method)): Path<(String, String)>,
    verb: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if verb != Method::POST {
        return TwirpError::new("bad_route", "unsupported method (only POST is allowed)").into_response();
    }
    let fault = world.look(|state| state.fault);
    match fault {
        Some(Fault::DropConnections) => return cut(&wire),
        Some(Fault::Hang) => return std::future::pending().await,
        Some(Fault::BadGateway) => return bad_gateway(),
        Some(Fault::RefuseKey) => return unauthorized("invalid API key"),
        Some(Fault::DenyPermission | Fault::NoSip) | None => {}
    }
    let grants = match grants(&world, &headers) {
        Ok(grants) => grants,
        Err(text) => return unauthorized(text),
    };
    let codec = match Codec::of(&headers) {
        Ok(codec) => codec,
        Err(error) => return error.into_response(),
    };
    if fault == Some(Fault::DenyPermission) {
        return TwirpError::denied().into_response();
    }
    if fault == Some(Fault::NoSip) && service == "livekit.SIP" {
        return TwirpError::new("internal", "sip not connected (redis required)").into_response();
    }
    let ask = Ask { world: &world, wire: &wire, grants: &grants, codec, method: &method, body: &body };
    let answered = match (service.as_str(), method.as_str()) {
        ("livekit.RoomService", "CreateRoom") => create_room(&ask),
        ("livekit.RoomService", "DeleteRoom") => delete_room(&ask),
        ("livekit.RoomService", "ListRooms") => list_rooms(&ask),
        ("livekit.RoomService", "ListParticipants") => list_participants(&ask),
        ("livekit.AgentDispatchService", "CreateDispatch") => create_dispatch(&ask),
        ("livekit.AgentDispatchService", "ListDispatch") => list_dispatch(&ask),
        ("livekit.SIP", "ListSIPOutboundTrunk") => list_outbound_trunks(&ask),
        ("livekit.SIP", "CreateSIPParticipant") => create_sip_participant(&ask).await,
        _ => Err(TwirpError::new("bad_route", "no handler for this method")),
    };
    answered.unwrap_or_else(IntoResponse::into_response)
}

fn cut(wire: &Wire) -> Response {
    wire.cut();
    StatusCode::NO_CONTENT.into_response()
}

fn bad_gateway() -> Response {
    (StatusCode::BAD_GATEWAY, Html("<html><body><h1>502 Bad Gateway</h1></body></html>")).into_response()
}

fn unauthorized(text: &'static str) -> Response {
    (StatusCode::UNAUTHORIZED, text).into_response()
}

/// No header at all is let through with no grants, as on the real server.
fn grants(world: &World, headers: &HeaderMap) -> Result<Grants, &'static str> {
    let Some(header) = headers.get(AUTHORIZATION) else {
        return Ok(Grants::default());
    };
    let token = header.to_str().ok().and_then(|value| value.strip_prefix("Bearer "));
    let token = token.ok_or("invalid authorization header. Must start with Bearer ")?;
    token::check(token, &world.options.key, &world.options.secret)
}

struct Ask<'a> {
    world: &'a Arc<World>,
    wire: &'a Wire,
    grants: &'a Grants,
    codec: Codec,
    method: &'a str,
    body: &'a Bytes,
}

impl Ask<'_> {
    fn decode<M: Message + Default + DeserializeOwned + Serialize>(
        &self,
        room: impl Fn(&M) -> String,
    ) -> Result<M, TwirpError> {
        let message: M = self.codec.decode(self.body)?;
        let body = serde_json::to_value(&message).expect("a protocol message is plain data");
        let request = Request { method: self.method.to_owned(), room: room(&message), body };
        self.world.change(|state| state.requests.push(request));
        Ok(message)
    }

    fn allow(&self, needs: Needs<'_>) -> Result<(), TwirpError> {
        self.grants.allow(needs)
    }
}

type Answer = Result<Response, TwirpError>;

fn create_room(ask: &Ask<'_>) -> Answer {
    ask.allow(Needs::RoomCreate)?;
    let request = ask.decode(|request: &proto::CreateRoomRequest| request.name.clone())?;
    if request.metadata.len() > 512 * 1024 || request.name.len() > 256 {
        return Err(TwirpError::new("invalid_argument", "a limit of the room is exceeded"));
    }
    let info = ask.world.change(|state| {
        let room = state.room(&request.name);
        room.info.metadata.clone_from(&request.metadata);
        room.info.max_participants = request.max_participants;
        for (own, asked) in [
            (&mut room.info.empty_timeout, request.empty_timeout),
            (&mut room.info.departure_timeout, request.departure_timeout),
        ] {
            if asked > 0 {
                *own = asked;
            }
        }
        room.info.clone()
    });
    Ok(ask.codec.encode(&info))
}

fn delete_room(ask: &Ask<'_>) -> Answer {
    ask.allow(Needs::RoomCreate)?;
    let request = ask.decode(|request: &proto::DeleteRoomRequest| request.room.clone())?;
    if ask.world.change(|state| state.delete_room(&request.room)) {
        Ok(ask.codec.encode(&proto::DeleteRoomResponse::default()))
    } else {
        Err(TwirpError::new("not_found", "requested room does not exist"))
    }
}

fn list_rooms(ask: &Ask<'_>) -> Answer {
    ask.allow(Needs::RoomList)?;
    let request = ask.decode(|_: &proto::ListRoomsRequest| String::new())?;
    let rooms = ask.world.look(|state| {
        let asked = |name: &String| request.names.is_empty() || request.names.contains(name);
        state.rooms.iter().filter(|(name, _)| asked(name)).map(|(_, room)| room.info.clone()).collect()
    });
    Ok(ask.codec.encode(&proto::ListRoomsResponse { rooms }))
}

fn list_participants(ask: &Ask<'_>) -> Answer {
    let request = ask.decode(|request: &proto::ListParticipantsRequest| request.room.clone())?;
    ask.allow(Needs::RoomAdmin(&request.room))?;
    let participants = ask
        .world
        .look(|state| state.rooms.get(&request.room).map(|room| room.participants.clone()).unwrap_or_default());
    Ok(ask.codec.encode(&proto::ListParticipantsResponse { participants }))
}

fn create_dispatch(ask: &Ask<'_>) -> Answer {
    let request = ask.decode(|request: &proto::CreateAgentDispatchRequest| request.room.clone())?;
    ask.allow(Needs::RoomAdmin(&request.room))?;
    let dispatch = ask.world.change(|state| {
        let dispatch = proto::AgentDispatch {
            id: state.id("AD"),
            agent_name: request.agent_name.clone(),
            room: request.room.clone(),
            metadata: request.metadata.clone(),
            state: Some(proto::AgentDispatchState::default()),
            ..proto::AgentDispatch::default()
        };
        state.room(&request.room).dispatches.push(dispatch.clone());
        dispatch
    });
    tokio::spawn(agent::answer_dispatch(Arc::clone(ask.world), request.room, request.agent_name));
    Ok(ask.codec.encode(&dispatch))
}

fn list_dispatch(ask: &Ask<'_>) -> Answer {
    let request = ask.decode(|request: &proto::ListAgentDispatchRequest| request.room.clone())?;
    ask.allow(Needs::RoomAdmin(&request.room))?;
    let agent_dispatches =
        ask.world.look(|state| state.rooms.get(&request.room).map(|room| room.dispatches.clone()).unwrap_or_default());
    Ok(ask.codec.encode(&proto::ListAgentDispatchResponse { agent_dispatches }))
}

fn list_outbound_trunks(ask: &Ask<'_>) -> Answer {
    ask.allow(Needs::SipAdmin)?;
    let request = ask.decode(|_: &proto::ListSipOutboundTrunkRequest| String::new())?;
    let asked = |id: &&String| request.trunk_ids.is_empty() || request.trunk_ids.contains(id);
    let items = ask
        .world
        .options
        .trunks
        .iter()
        .filter(asked)
        .map(|id| proto::SipOutboundTrunkInfo { sip_trunk_id: id.clone(), ..proto::SipOutboundTrunkInfo::default() })
        .collect();
    Ok(ask.codec.encode(&proto::ListSipOutboundTrunkResponse { items }))
}

async fn create_sip_participant(ask: &Ask<'_>) -> Answer {
    ask.allow(Needs::SipCall)?;
    let request = ask.decode(|request: &proto::CreateSipParticipantRequest| request.room_name.clone())?;
    if !ask.world.options.trunks.contains(&request.sip_trunk_id) {
        return Err(TwirpError::new("not_found", "requested sip trunk does not exist"));
    }
    match call::begin(ask.world, request).await {
        Ok(Reply::Answer(answer)) => answer.map(|info| ask.codec.encode(&info)),
        Ok(Reply::Cut) | Err(_) => Ok(cut(ask.wire)),
        Ok(Reply::BadGateway) => Ok(bad_gateway()),
    }
}

/// What a cloud host answers to clients that look for another region.
async fn regions(State(world): State<Arc<World>>) -> Response {
    let regions: Vec<_> = world
        .options
        .regions
        .iter()
        .enumerate()
        .map(|(index, url)| serde_json::json!({ "region": format!("region-{index}"), "url": url }))
        .collect();
    if regions.is_empty() {
        return StatusCode::NOT_FOUND.into_response();
    }
    Json(serde_json::json!({ "regions": regions })).into_response()
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

/// `POST /double/fault?name=refuse_key`, `name=none` to end it.
async fn set_fault(State(world): State<Arc<World>>, Query(Named { name }): Query<Named>) -> StatusCode {
    let fault = Fault::named(&name);
    if fault.is_none() && name != "none" {
        return StatusCode::BAD_REQUEST;
    }
    world.change(|state| state.fault = fault);
    StatusCode::NO_CONTENT
}

/// `POST /double/agent?name=absent` or `name=comes`.
async fn set_agent(State(world): State<Arc<World>>, Query(Named { name }): Query<Named>) -> StatusCode {
    let agent = match name.as_str() {
        "absent" => AgentScript::Absent,
        "comes" => AgentScript::Comes { after: std::time::Duration::ZERO },
        _ => return StatusCode::BAD_REQUEST,
    };
    world.change(|state| state.agent = agent);
    StatusCode::NO_CONTENT
}

/// How many calls are going on.
async fn live(State(world): State<Arc<World>>) -> String {
    world.options.ledger.live().to_string()
}
