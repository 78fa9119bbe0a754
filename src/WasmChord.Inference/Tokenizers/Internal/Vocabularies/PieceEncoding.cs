namespace WasmChord.Inference;

/// <summary>How the texts of a vocabulary's normal tokens stand for bytes.</summary>
internal enum PieceEncoding
{
    /// <summary>As UTF-8, with U+2581 for spaces.</summary>
    SpaceMark,

    /// <summary>In the alphabet of <see cref="Inference.ByteAlphabet"/>.</summary>
    ByteAlphabet,
}
