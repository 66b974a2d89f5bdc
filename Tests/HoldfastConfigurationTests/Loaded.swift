import HoldfastConfiguration
import HoldfastCore

/// Loads a text as `holdfast.toml`, with the given environment and files.
func load(
  _ text: String, environment: [String: String] = [:], files: [String: String] = [:],
  as name: String = "holdfast.toml"
) throws(ConfigurationError) -> Configuration {
  let loader = ConfigurationLoader(environment: environment) {
    path throws(ConfigurationFileFailure) in
    guard let content = files[path] else { throw ConfigurationFileFailure("no such file") }
    return Array(content.utf8)
  }
  return try loader.load(text, file: name)
}

/// A section that makes the default agent's model exist, so that tests see their own problems only.
let recall = "[plugins.recall]\n"
