/** Directives of nginx that change nothing that is guarded, whatever their values are. A directive that is in no list is "cannot tell". */
const lists: Readonly<Record<string, string>> = {
  "blocks that hold others": "http server location events upstream map geo split_clients types charset_map match if limit_except stream",
  "processes and limits":
    "worker_processes worker_connections worker_rlimit_nofile worker_cpu_affinity worker_priority worker_shutdown_timeout worker_aio_requests multi_accept use accept_mutex accept_mutex_delay pcre_jit daemon master_process timer_resolution thread_pool lock_file debug_connection",
  "which requests a server takes":
    "listen server_name server_names_hash_bucket_size server_names_hash_max_size server_name_in_redirect port_in_redirect absolute_redirect merge_slashes underscores_in_headers ignore_invalid_headers large_client_header_buffers client_header_buffer_size client_header_timeout client_body_timeout client_body_buffer_size client_max_body_size client_body_in_single_buffer chunked_transfer_encoding http2 http2_max_concurrent_streams http2_recv_timeout http2_idle_timeout http2_chunk_size http3 http3_hq quic_retry quic_gso satisfy internal max_ranges if_modified_since etag",
  "connections and buffers":
    "keepalive keepalive_timeout keepalive_requests keepalive_time keepalive_disable keepalive_min_timeout send_timeout send_lowat sendfile sendfile_max_chunk tcp_nopush tcp_nodelay aio aio_write directio directio_alignment output_buffers postpone_output reset_timedout_connection lingering_close lingering_time lingering_timeout limit_rate limit_rate_after connection_pool_size request_pool_size read_ahead open_file_cache open_file_cache_valid open_file_cache_min_uses open_file_cache_errors subrequest_output_buffer_size preread_buffer_size preread_timeout variables_hash_bucket_size variables_hash_max_size map_hash_bucket_size map_hash_max_size types_hash_max_size types_hash_bucket_size proxy_headers_hash_max_size proxy_headers_hash_bucket_size",
  "names and answers":
    "resolver resolver_timeout return rewrite break set error_page recursive_error_pages default_type charset charset_types override_charset source_charset add_header add_trailer expires server_tokens msie_padding msie_refresh index try_files log_not_found empty_gif stub_status sub_filter sub_filter_once sub_filter_types sub_filter_last_modified addition_types default hostnames volatile ranges proxy proxy_recursive delete random_index uninitialized_variable_warn rewrite_log",
  compression:
    "gzip gzip_types gzip_comp_level gzip_min_length gzip_vary gzip_proxied gzip_disable gzip_buffers gzip_http_version gzip_static gunzip gunzip_buffers brotli brotli_types brotli_comp_level brotli_static brotli_min_length zstd zstd_types zstd_comp_level",
  TLS: "ssl ssl_protocols ssl_ciphers ssl_prefer_server_ciphers ssl_session_cache ssl_session_timeout ssl_session_tickets ssl_stapling ssl_stapling_verify ssl_dhparam ssl_ecdh_curve ssl_buffer_size ssl_early_data ssl_reject_handshake ssl_conf_command ssl_verify_client ssl_verify_depth ssl_client_certificate ssl_trusted_certificate ssl_crl ssl_handshake_timeout ssl_preread",
  "limits and access":
    "limit_req limit_req_zone limit_req_status limit_req_log_level limit_req_dry_run limit_conn limit_conn_zone limit_conn_status limit_conn_log_level limit_conn_dry_run allow deny auth_basic auth_basic_user_file auth_request auth_request_set auth_delay valid_referers referer_hash_max_size referer_hash_bucket_size secure_link secure_link_md5 secure_link_secret set_real_ip_from real_ip_header real_ip_recursive userid",
  logs: "log_subrequest log_not_found open_log_file_cache",
  "how an upstream is asked":
    "proxy_http_version proxy_set_header proxy_hide_header proxy_pass_header proxy_ignore_headers proxy_ignore_client_abort proxy_connect_timeout proxy_send_timeout proxy_read_timeout proxy_timeout proxy_buffering proxy_buffers proxy_buffer_size proxy_busy_buffers_size proxy_max_temp_file_size proxy_temp_file_write_size proxy_request_buffering proxy_next_upstream proxy_next_upstream_tries proxy_next_upstream_timeout proxy_redirect proxy_cookie_domain proxy_cookie_path proxy_cookie_flags proxy_intercept_errors proxy_method proxy_socket_keepalive proxy_limit_rate proxy_pass_request_headers proxy_pass_request_body proxy_set_body proxy_force_ranges proxy_protocol proxy_protocol_timeout proxy_responses proxy_requests proxy_upload_rate proxy_download_rate proxy_half_close proxy_ssl_server_name proxy_ssl_name proxy_ssl_verify proxy_ssl_verify_depth proxy_ssl_trusted_certificate proxy_ssl_protocols proxy_ssl_ciphers proxy_ssl_session_reuse proxy_ssl_crl proxy_cache proxy_cache_key proxy_cache_valid proxy_cache_methods proxy_cache_bypass proxy_cache_lock proxy_cache_lock_age proxy_cache_lock_timeout proxy_cache_min_uses proxy_cache_revalidate proxy_cache_use_stale proxy_cache_background_update proxy_cache_convert_head proxy_cache_max_range_offset proxy_no_cache ip_hash least_conn least_time hash random zone sticky queue state ntlm health_check grpc_set_header grpc_read_timeout grpc_send_timeout grpc_connect_timeout grpc_buffer_size grpc_ssl_verify grpc_ssl_server_name fastcgi_index fastcgi_split_path_info fastcgi_read_timeout fastcgi_buffers fastcgi_buffer_size uwsgi_param uwsgi_read_timeout",
};
export const HARMLESS: ReadonlySet<string> = new Set(Object.values(lists).flatMap((names) => names.split(" ")));

/** Blocks whose lines are values and no directives. */
export const DATA = /^(map|geo|split_clients|types|charset_map|match)$/u;

/** Files of nginx's own package, and what its own folders hold: those are read where the set-up writes them. */
export const INCLUDED =
  /^(\/etc\/nginx\/|\/usr\/share\/nginx\/|\/etc\/letsencrypt\/options-ssl-nginx\.conf$)|^(mime\.types|(fastcgi|uwsgi|scgi|proxy)_params|fastcgi\.conf|(conf\.d|sites-enabled|snippets|modules-enabled|default\.d)\/\S+)$/u;

/** Folders that hold what is meant for everybody. */
export const WEB_FOLDER =
  /^\/(var\/www|usr\/share\/(nginx|doc|javascript)|srv|opt|var\/lib\/(letsencrypt|acme)|var\/cache|usr\/local\/share)(\/|$)|\/(static|public|dist|build|assets|htdocs|www|html)$/u;
