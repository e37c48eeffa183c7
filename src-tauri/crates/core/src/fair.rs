//! Whose turn it is: companies take turns, within a company its campaigns by weight. Owns the order; refuses to know about
//! tasks. Admission decides in SQL; this is the same rule where it can be read, and a test holds the two together.

/// A campaign that has due tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demand {
    /// Its company.
    pub company: usize,
    /// Calls of it in progress.
    pub live: i32,
    /// Due tasks, as many as its own limits allow.
    pub want: i32,
    /// 1..=100.
    pub weight: i32,
}

/// A company with its room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Calls of it in progress.
    pub live: i32,
    /// Further calls that its limits allow.
    pub free: i32,
    /// Order in which companies of equal use are served: the one that was served longest ago first.
    pub waited: u32,
}

/// Who gets `free` slots, one after the other, as indexes into `demands`. Each slot goes to the company with the fewest calls
/// in progress, of equals to the one that was served longest ago; within it to the campaign that has least for its
/// weight. A company never takes what another could use while it has fewer calls, so a huge campaign starves nobody
/// (requirements F4, acceptance 69).
#[must_use]
pub fn turns(free: i32, rooms: &[Room], demands: &[Demand]) -> Vec<usize> {
    let mut rooms = rooms.to_vec();
    let mut demands = demands.to_vec();
    let mut given = Vec::new();
    let mut served = rooms.iter().map(|room| room.waited).max().unwrap_or(0);
    for _ in 0..free.max(0) {
        let next = demands
            .iter()
            .enumerate()
            .filter(|(_, demand)| demand.want > 0 && rooms[demand.company].free > 0)
            .min_by(|(left, a), (right, b)| {
                let (of_a, of_b) = (rooms[a.company], rooms[b.company]);
                let share = |demand: &Demand, other: &Demand| i64::from(demand.live + 1) * i64::from(other.weight);
                (of_a.live, of_a.waited, a.company)
                    .cmp(&(of_b.live, of_b.waited, b.company))
                    .then_with(|| share(a, b).cmp(&share(b, a)))
                    .then_with(|| left.cmp(right))
            })
            .map(|(at, _)| at);
        let Some(at) = next else { break };
        served += 1;
        let room = &mut rooms[demands[at].company];
        *room = Room { live: room.live + 1, free: room.free - 1, waited: served };
        demands[at].live += 1;
        demands[at].want -= 1;
        given.push(at);
    }
    given
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(free: i32, wants: &[i32], limit: i32) -> Vec<usize> {
        let rooms: Vec<_> = (0..wants.len()).map(|n| Room { live: 0, free: limit, waited: n as u32 }).collect();
        let demands: Vec<_> = wants
            .iter()
            .enumerate()
            .map(|(company, want)| Demand { company, live: 0, want: *want, weight: 10 })
            .collect();
        let given = turns(free, &rooms, &demands);
        (0..wants.len()).map(|company| given.iter().filter(|at| **at == company).count()).collect()
    }

    /// Requirements F4 and acceptance 61, 69.
    #[test]
    fn companies_take_turns() {
        assert_eq!(shares(10, &[5, 5, 5], 100), [4, 3, 3]);
        assert_eq!(shares(10, &[10, 5, 3], 2), [2, 2, 2], "four slots stay idle");
        assert_eq!(shares(3, &[5, 5], 2), [2, 1]);
    }

    /// Acceptance 69: over 30 ends, shares differ by at most one.
    #[test]
    fn nobody_starves_while_slots_come_back() {
        let mut rooms: Vec<_> = (0..3).map(|waited| Room { live: 0, free: 100, waited }).collect();
        let demands: Vec<_> = (0..3).map(|company| Demand { company, live: 0, want: 1, weight: 10 }).collect();
        let mut served = [0; 3];
        for turn in 0..30 {
            let winner = turns(1, &rooms, &demands)[0];
            served[winner] += 1;
            rooms[winner].waited = 3 + turn;
        }
        assert_eq!(served, [10, 10, 10]);
    }

    #[test]
    fn campaigns_of_a_company_share_by_weight() {
        let room = [Room { live: 0, free: 100, waited: 0 }];
        let demands = [(1000, 30), (1000, 10)].map(|(want, weight)| Demand { company: 0, live: 0, want, weight });
        let given = turns(40, &room, &demands);
        assert_eq!(given.iter().filter(|at| **at == 0).count(), 30, "three to one");
    }

    #[test]
    fn a_whale_does_not_starve_a_small_company() {
        let rooms = [Room { live: 90, free: 1000, waited: 0 }, Room { live: 0, free: 1000, waited: 1 }];
        let demands = [
            Demand { company: 0, live: 90, want: 1_000_000, weight: 100 },
            Demand { company: 1, live: 0, want: 5, weight: 1 },
        ];
        assert_eq!(turns(10, &rooms, &demands), [1, 1, 1, 1, 1, 0, 0, 0, 0, 0]);
    }
}
