-- The tables of release 0.1.0, as it made them in SQLite; never to be changed.

CREATE TABLE club (
  club_id INTEGER NOT NULL CONSTRAINT ck_club_one_row CHECK (club_id = 1),
  name VARCHAR(60) NOT NULL, is_demo BOOLEAN NOT NULL, created_at BIGINT NOT NULL,
  version BIGINT NOT NULL, last_movie_id INTEGER NOT NULL, for_others BOOLEAN DEFAULT 1 NOT NULL,
  CONSTRAINT pk_club PRIMARY KEY (club_id)
);
CREATE TABLE members (
  member_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name VARCHAR(60) NOT NULL,
  name_key TEXT NOT NULL, world_user_id INTEGER, joined_at BIGINT NOT NULL, left_at BIGINT
);
CREATE UNIQUE INDEX uq_members_name_key_present ON members (name_key) WHERE left_at IS NULL;
CREATE TABLE ratings (
  member_id INTEGER NOT NULL, movie_id INTEGER NOT NULL,
  half_stars INTEGER NOT NULL CONSTRAINT ck_ratings_half_stars CHECK (half_stars BETWEEN 1 AND 10),
  rated_at BIGINT NOT NULL,
  CONSTRAINT pk_ratings PRIMARY KEY (member_id, movie_id),
  CONSTRAINT fk_ratings_member_id FOREIGN KEY(member_id) REFERENCES members (member_id)
);
CREATE TABLE rating_events (
  event_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, step BIGINT NOT NULL,
  kind VARCHAR(10) NOT NULL, undoes BIGINT, at BIGINT NOT NULL, member_id INTEGER NOT NULL,
  movie_id INTEGER NOT NULL, half_before INTEGER, rated_before BIGINT, half_after INTEGER,
  rated_after BIGINT, changed_by VARCHAR(60),
  CONSTRAINT fk_rating_events_member_id FOREIGN KEY(member_id) REFERENCES members (member_id)
);
CREATE INDEX ix_rating_events_step ON rating_events (step);
CREATE INDEX ix_rating_events_undoes ON rating_events (undoes);
CREATE INDEX ix_rating_events_member_movie ON rating_events (member_id, movie_id);
CREATE TABLE changes (
  change_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, version BIGINT NOT NULL,
  at BIGINT NOT NULL, who VARCHAR(60), act VARCHAR(60) NOT NULL, member_id INTEGER,
  movie_id INTEGER, night_id INTEGER
);
CREATE INDEX ix_changes_version ON changes (version);
CREATE TABLE shortlist (
  movie_id INTEGER NOT NULL, position INTEGER NOT NULL, added_at BIGINT NOT NULL,
  CONSTRAINT pk_shortlist PRIMARY KEY (movie_id)
);
CREATE TABLE movies (
  movie_id INTEGER NOT NULL, title VARCHAR(200) NOT NULL, year INTEGER, genres JSON NOT NULL,
  keywords JSON NOT NULL, added_at BIGINT NOT NULL, runtime INTEGER, overview TEXT,
  tmdb_id INTEGER, aliases JSON,
  CONSTRAINT pk_movies PRIMARY KEY (movie_id)
);
CREATE TABLE movie_details (
  movie_id INTEGER NOT NULL, title TEXT NOT NULL, tmdb_id INTEGER NOT NULL, runtime INTEGER,
  overview TEXT NOT NULL, keywords JSON NOT NULL, fetched_at BIGINT NOT NULL,
  CONSTRAINT pk_movie_details PRIMARY KEY (movie_id)
);
CREATE TABLE guests (
  member_id INTEGER NOT NULL, likes JSON NOT NULL, dislikes JSON NOT NULL,
  CONSTRAINT pk_guests PRIMARY KEY (member_id),
  CONSTRAINT fk_guests_member_id FOREIGN KEY(member_id) REFERENCES members (member_id) ON DELETE CASCADE
);
CREATE TABLE seen (
  member_id INTEGER NOT NULL, movie_id INTEGER NOT NULL, at BIGINT NOT NULL,
  CONSTRAINT pk_seen PRIMARY KEY (member_id, movie_id),
  CONSTRAINT fk_seen_member_id FOREIGN KEY(member_id) REFERENCES members (member_id)
);
CREATE TABLE nights (
  night_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, on_date DATE NOT NULL, starts_at INTEGER,
  place VARCHAR(200) NOT NULL, picker_id INTEGER, movie_id INTEGER, notes TEXT NOT NULL,
  rewatch BOOLEAN NOT NULL, longest INTEGER, voting VARCHAR(10), drawn_movie_id INTEGER,
  draws INTEGER NOT NULL, decided_at BIGINT, decided_by VARCHAR(30), model VARCHAR(120),
  club_version BIGINT, opened_at BIGINT, called_off_at BIGINT, created_at BIGINT NOT NULL,
  CONSTRAINT fk_nights_picker_id FOREIGN KEY(picker_id) REFERENCES members (member_id)
);
CREATE TABLE attendance (
  night_id INTEGER NOT NULL, member_id INTEGER NOT NULL,
  CONSTRAINT pk_attendance PRIMARY KEY (night_id, member_id),
  CONSTRAINT fk_attendance_night_id FOREIGN KEY(night_id) REFERENCES nights (night_id) ON DELETE CASCADE,
  CONSTRAINT fk_attendance_member_id FOREIGN KEY(member_id) REFERENCES members (member_id)
);
CREATE TABLE vetoes (
  night_id INTEGER NOT NULL, member_id INTEGER NOT NULL, movie_id INTEGER NOT NULL,
  CONSTRAINT pk_vetoes PRIMARY KEY (night_id, member_id, movie_id),
  CONSTRAINT fk_vetoes_night_id FOREIGN KEY(night_id) REFERENCES nights (night_id) ON DELETE CASCADE,
  CONSTRAINT fk_vetoes_member_id FOREIGN KEY(member_id) REFERENCES members (member_id)
);
CREATE TABLE ballots (
  night_id INTEGER NOT NULL, member_id INTEGER NOT NULL, choices JSON NOT NULL,
  cast_at BIGINT NOT NULL,
  CONSTRAINT pk_ballots PRIMARY KEY (night_id, member_id),
  CONSTRAINT fk_ballots_night_id FOREIGN KEY(night_id) REFERENCES nights (night_id) ON DELETE CASCADE,
  CONSTRAINT fk_ballots_member_id FOREIGN KEY(member_id) REFERENCES members (member_id)
);
CREATE TABLE predictions (
  night_id INTEGER NOT NULL, member_id INTEGER NOT NULL, movie_id INTEGER NOT NULL,
  mean FLOAT NOT NULL, sd FLOAT NOT NULL, low FLOAT NOT NULL, high FLOAT NOT NULL,
  like_chance FLOAT NOT NULL, own_mean FLOAT NOT NULL, crowd FLOAT NOT NULL,
  known BOOLEAN NOT NULL,
  CONSTRAINT pk_predictions PRIMARY KEY (night_id, member_id, movie_id),
  CONSTRAINT fk_predictions_night_id FOREIGN KEY(night_id) REFERENCES nights (night_id) ON DELETE CASCADE,
  CONSTRAINT fk_predictions_member_id FOREIGN KEY(member_id) REFERENCES members (member_id)
);
CREATE TABLE night_ratings (
  night_id INTEGER NOT NULL, member_id INTEGER NOT NULL,
  half_stars INTEGER NOT NULL CONSTRAINT ck_night_ratings_half_stars CHECK (half_stars BETWEEN 1 AND 10),
  rated_at BIGINT NOT NULL,
  CONSTRAINT pk_night_ratings PRIMARY KEY (night_id, member_id),
  CONSTRAINT fk_night_ratings_night_id FOREIGN KEY(night_id) REFERENCES nights (night_id) ON DELETE CASCADE,
  CONSTRAINT fk_night_ratings_member_id FOREIGN KEY(member_id) REFERENCES members (member_id)
);
