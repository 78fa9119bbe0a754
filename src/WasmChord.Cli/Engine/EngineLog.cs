using Akka.Actor.Setup;

namespace WasmChord.Cli;

/// <summary>Where the engine's warnings go. Closed until a model is open: a refusal is reported once, as the command's error.</summary>
internal sealed class EngineLog(ToolOutput output) : Setup
{
    private volatile bool _isOpen;

    /// <summary>Lets warnings through from now on.</summary>
    public void Open() => _isOpen = true;

    /// <summary>Passes a warning on, or drops it.</summary>
    public void Write(string text)
    {
        if (_isOpen) output.Note(text);
    }
}
