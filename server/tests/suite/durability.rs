//! Programs that share a store, and programs that end without warning.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::support::{Program, STANDARD, TEMPORARY, count, postgres_url, users_path};

/// Returns a new SQLite file, in memory if possible, and a new PostgreSQL database if available. These tests end
/// programs, not machines, so they need no disk.
fn stores(test: &str) -> (tempfile::TempDir, Vec<String>) {
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let mut urls = vec![format!("sqlite://{}", folder.path().join("codes.db").display())];
    let runtime = tokio::runtime::Runtime::new().unwrap();
    urls.extend(runtime.block_on(postgres_url(test)));
    (folder, urls)
}

#[test]
fn of_500_creates_at_once_over_two_programs_one_wins_and_the_others_see_it() {
    let (_folder, urls) = stores("500 creates over two programs");
    for url in urls {
        let arguments = ["--store", &url, "--me", "floki", "--max-requests", "500", "--request-time", "60"];
        let programs = [Program::start(&arguments), Program::start(&arguments)];
        let tokens = [&programs[0].token, &programs[1].token];
        for (path, others) in [(TEMPORARY, 400), (STANDARD, 200)] {
            let barrier = &std::sync::Barrier::new(500);
            let answers: Vec<_> = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..500)
                    .map(|index| {
                        let (program, token) = (&programs[index % 2], tokens[index % 2]);
                        // Different lifetimes, so that every update changes something.
                        let minutes = 60 + index;
                        let expiry = jiff::Timestamp::now() + jiff::SignedDuration::from_mins(minutes as i64 + 10);
                        let body = format!(r#"{{"expireDateTime":"{expiry}"}}"#);
                        scope.spawn(move || {
                            let mut wire = program.wire();
                            barrier.wait();
                            wire.ask(token, "PATCH", path, Some(&body)).unwrap()
                        })
                    })
                    .collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            assert_eq!(count(answers.iter().map(|answer| answer.status)), [(201, 1), (others, 499)].into(), "{url}");
            let code = programs[0].wire().ask(tokens[0], "GET", path, None).unwrap().json();
            for answer in answers.iter().filter(|answer| answer.status < 300) {
                assert_eq!(answer.json()["id"], code["id"]);
            }
        }
        assert_eq!(rows(&url), 2);
    }
}

/// Returns the number of codes in a database.
fn rows(url: &str) -> i64 {
    const ROWS: &str = "SELECT COUNT(*) FROM qr_codes";
    use sqlx::Connection as _;
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        if url.starts_with("sqlite") {
            let mut connection = sqlx::SqliteConnection::connect(url).await.unwrap();
            sqlx::query_scalar(ROWS).fetch_one(&mut connection).await.unwrap()
        } else {
            let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
            sqlx::query_scalar(ROWS).fetch_one(&mut connection).await.unwrap()
        }
    })
}

#[test]
fn what_was_acknowledged_is_there_after_the_program_was_killed() {
    let (_folder, urls) = stores("creates, and then kill -9");
    for url in urls {
        let mut seen = 0;
        for round in 0..3 {
            let mut program = Program::start(&["--store", &url]);
            let token = program.token.clone();
            let (killed, count) = (&AtomicBool::new(false), &AtomicUsize::new(0));
            // Each of four clients creates codes, one after the other, until the program is gone.
            let acknowledged: Vec<_> = std::thread::scope(|scope| {
                let clients: Vec<_> = (0..4)
                    .map(|client| {
                        let (token, mut wire) = (&token, program.wire());
                        scope.spawn(move || {
                            let mut created = Vec::new();
                            for number in 0.. {
                                let path = users_path(&format!("user-{round}-{client}-{number}"), "standardQRCode");
                                let Some(answer) = wire.ask(token, "PATCH", &path, Some("{}")) else {
                                    assert!(killed.load(Ordering::SeqCst), "it ended by itself");
                                    return created;
                                };
                                assert_eq!(answer.status, 201, "{}", answer.text());
                                count.fetch_add(1, Ordering::SeqCst);
                                created.push((path, answer.json()["id"].as_str().unwrap().to_owned()));
                            }
                            created
                        })
                    })
                    .collect();
                std::thread::sleep(std::time::Duration::from_millis(400));
                while count.load(Ordering::SeqCst) < 4 && !clients.iter().any(|client| client.is_finished()) {
                    std::thread::sleep(std::time::Duration::from_millis(1));
                }
                killed.store(true, Ordering::SeqCst);
                program.kill();
                clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
            });
            assert!(acknowledged.len() >= 4, "{}", acknowledged.len());
            seen += acknowledged.len();
            let again = Program::start(&["--store", &url]);
            let mut wire = again.wire();
            for (path, id) in acknowledged {
                let answer = wire.ask(&again.token, "GET", &path, None).unwrap();
                assert_eq!((answer.status, answer.json()["id"].as_str()), (200, Some(id.as_str())), "{path}");
            }
        }
        let kept = rows(&url) as usize;
        // For each client, one code may have been stored but not acknowledged when the program was killed.
        assert!((seen..=seen + 3 * 4).contains(&kept), "{seen} acknowledged, {kept} kept");
    }
}
